"""The kinds of facts that can be recorded: one file for each family, and the closed table of all. Import
names from here.
"""

from ledger.kinds.base import *
from ledger.kinds.bookkeeping import *
from ledger.kinds.commitments import *
from ledger.kinds.contracts import *
from ledger.kinds.directives import *
from ledger.kinds.dispatches import *
from ledger.kinds.energy import *
from ledger.kinds.exemptions import *
from ledger.kinds.generators import *
from ledger.kinds.leases import *
from ledger.kinds.metering import *
from ledger.kinds.operations import *
from ledger.kinds.peaks import *
from ledger.kinds.programs import *
from ledger.kinds.registrations import *
from ledger.kinds.reliability import *
from ledger.kinds.sites import *
from ledger.kinds.table import *
from ledger.kinds.water import *
