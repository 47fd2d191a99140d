"""Workers for the admin, in Python. Start with ``PluginWorker``, or with ``main`` for a process of its own; README.md has a whole example."""
from .admin import AdminClient, JobFailed, run_job
from .cancellation import Cancellation
from .config import ConfigReader
from .contexts import STDERR, STDOUT, DetectionContext, JobContext
from .descriptor import DescriptorBuilder
from .handlers import JobHandler, job_type
from .options import VERSION as __version__
from .options import WorkerOptions
from .outcomes import JobCanceled, JobOutcome, Preview, Priority, Proposal
from .process import main, settings
from .sessions import (
    AlreadyStarted, CloseReason, ProtocolError, Rejected, RestartPolicy, RunCanceled, RunResult, SessionSnapshot, StartCanceled, StartFailure,
    StartTimeout, Unreachable, WorkerState)
from .testing import HandlerTestHost, ManualClock
from .values import from_wire, to_wire
from .worker import PluginWorker

__all__ = [
    "AdminClient", "AlreadyStarted", "Cancellation", "CloseReason", "ConfigReader", "DescriptorBuilder", "DetectionContext", "HandlerTestHost",
    "JobCanceled", "JobContext", "JobFailed", "JobHandler", "JobOutcome", "ManualClock", "PluginWorker", "Preview", "Priority", "Proposal",
    "ProtocolError", "Rejected", "RestartPolicy", "RunCanceled", "RunResult", "STDERR", "STDOUT", "SessionSnapshot", "StartCanceled",
    "StartFailure", "StartTimeout", "Unreachable", "WorkerOptions", "WorkerState", "__version__", "from_wire", "job_type", "main", "run_job",
    "settings", "to_wire",
]
