"""Searching runs and other records with one grammar: MLflow's filters, whole, and a little more.

    metrics.auc:max > 0.9 AND params.`learning rate` < 0.1 AND (tags.team = 'risk' OR attributes.started > '2 days ago')

The language (`fields`, `tokens`, `tree`, `grammar`, `order`; no tables) serves any kind of record:

    from registry.runs.search import fields, grammar, order
    FILTERS = fields.Fields(
        noun="model",
        attributes=(fields.Attribute("name"), fields.Attribute("creation_timestamp", fields.TIME, search=False)),
        groups=(fields.Group("tags", aliases=("tag",), operators=fields.PROTOCOL_TAG),),
        words=("attribute",),      # other names for "attributes"
        strict=True,               # what MLflow refuses is refused, in its words
    )
    tree = grammar.parse("name LIKE 'a%' AND tags.stage = 'x'", FILTERS)      # None for an empty filter
    orders = order.parse_all(["name DESC"], FILTERS)                          # [Order(name=Name("attributes", "name"), descending=True)]

A tree is made of `tree.Compare(name, operator, value)`, `And`, `Or`, `Not`; `str(tree)` is the filter again. `Compare.name`
is a `Name(group, key, part)`: ("attributes", "name", ""), ("tags", "stage", ""). Operators are upper case: = != < <= > >= LIKE
ILIKE RLIKE, IN, NOT IN (value: a tuple), IS NULL, IS NOT NULL (value: None). Values are str, int or float.

To ask the database, say what one comparison means and let `where` join them:

    from registry.runs.search import where
    def one(c: tree.Compare) -> Q:
        if c.name.group == "tags":
            return where.related(RegisteredModelTag, "model", c)              # EXISTS a row of this key whose value compares so
        return where.text("name", c)                                          # also: where.number(column, c), where.moment(column, c)
    RegisteredModel.objects.filter(where.all_of(tree, one))

A comparison is false where the record has no such value; NOT is its exact opposite. Text is compared case-sensitively,
except by ILIKE, on both databases; % and _ cannot be escaped, as in MLflow.

What makes no sense raises `errors.BadFilter`, an `Invalid` of status 400 whose `fields` hold {"filter": the sentence,
"position": n, "length": n, "protocol": the same in the protocol's words, for INVALID_PARAMETER_VALUE}.

Runs themselves: `from registry.runs.search import runs`: `runs.search(runs.Scope(workspace, experiments), filter, …)`.
"""
