"""Past tense, ids only, sent on commit. The system heals without them by re-scanning."""

from django.dispatch import Signal

upload_received = Signal()  # upload_id: all bytes are here, or the reading options changed; wants inspection
import_requested = Signal()  # version_id: a version waits to be converted
