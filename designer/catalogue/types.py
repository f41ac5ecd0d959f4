"""What can travel along a wire. A wire is legal where the types are equal or the input takes anything."""

TABLE = "table"  # in memory a pandas.DataFrame
UNTRAINED = "untrained-model"  # designer.estimators.algorithms.Untrained
MODEL = "model"  # designer.estimators.model.TrainedModel
TRANSFORM = "transform"  # a fitted transformation: designer.estimators.transform.Transform
EVALUATION = "evaluation"  # a dict, see designer.estimators.evaluation
ANY = "any"

TITLES = {
    TABLE: "Table",
    UNTRAINED: "Untrained model",
    MODEL: "Trained model",
    TRANSFORM: "Transformation",
    EVALUATION: "Evaluation",
    ANY: "Anything",
}


def fits(source: str, target: str) -> bool:
    return source == target or target == ANY
