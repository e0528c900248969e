"""One contest as a folder of plain files: `read` takes it in whole or lists every fault, `write` gives it out.

    read(files: Mapping[str, bytes]) -> Bundle            raises BundleFaults
    read_scheme(data: Mapping[str, object]) -> Scheme     raises BundleFaults
    write(bundle: Bundle) -> dict[str, bytes]

No file is opened here: a door reads and writes the folder.
"""

from contests.pure.bundle.contents import Bundle
from contests.pure.bundle.faults import BundleFaults, Fault
from contests.pure.bundle.reading import FILES, read, read_scheme
from contests.pure.bundle.writing import write

__all__ = ["FILES", "Bundle", "BundleFaults", "Fault", "read", "read_scheme", "write"]
