"""section3: incidents run from the runbook, and the runbook taught by the incidents."""

__version__ = "0.1.0"
