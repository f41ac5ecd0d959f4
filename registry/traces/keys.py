"""Names that clients and we agree on."""

NAME = "mlflow.traceName"
ARTIFACTS = "mlflow.artifactLocation"
SPANS_LOCATION = "mlflow.trace.spansLocation"
PROMPTS = "mlflow.linkedPrompts"
# Told by us, from what is kept; nobody sets them.
COMPUTED = (ARTIFACTS, SPANS_LOCATION)

SOURCE_RUN = "mlflow.sourceRun"
SESSION = "mlflow.trace.session"
USER = "mlflow.trace.user"
TOKENS = "mlflow.trace.tokenUsage"
COST = "mlflow.trace.cost"
SIZE = "mlflow.trace.sizeStats"

# Attributes of spans.
TYPE = "mlflow.spanType"
INPUTS = "mlflow.spanInputs"
OUTPUTS = "mlflow.spanOutputs"
SPAN_TOKENS = "mlflow.chat.tokenUsage"
SPAN_COST = "mlflow.llm.cost"
TAG_PREFIX = "mlflow.traceTag."
SPAN_SESSIONS = ("session.id", "gen_ai.conversation.id")
SPAN_USER = "user.id"
