"""Makes a Python client of the contract and imports every module of it: python_client.py openapi.yaml FOLDER."""

import importlib
import pathlib
import pkgutil
import shutil
import subprocess
import sys

import yaml

document, folder = sys.argv[1], pathlib.Path(sys.argv[2])
with open(document, encoding="utf-8") as text:
    contract = yaml.safe_load(text)
# The title is Chinese; the contract says itself what a package made of it is called.
package = contract["info"]["x-package-names"]["python"]
output, settings = folder / "python", folder / "python.yaml"
shutil.rmtree(output, ignore_errors=True)
options = {
    "project_name_override": package.replace("_", "-"),
    "package_name_override": package,
    # The tool knows no CSV, PDF or XLSX by name; it takes them as files when it is told to.
    "content_type_overrides": {
        "text/csv": "application/octet-stream",
        "application/pdf": "application/octet-stream",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "application/octet-stream",
    },
    "post_hooks": [],
}
settings.write_text(yaml.safe_dump(options))
tool = pathlib.Path(sys.executable).with_name("openapi-python-client")
made = subprocess.run(
    [tool, "generate", "--path", document, "--config", settings, "--output-path", output, "--meta", "setup"],
    capture_output=True,
    text=True,
    check=False,
)
# What the generator leaves out it only warns of; an operation that is left out is a fault of the contract.
if made.returncode or "WARNING" in made.stdout + made.stderr or "rror" in made.stderr:
    sys.exit(made.stdout + made.stderr)

sys.path.insert(0, str(output))
root = importlib.import_module(package)
modules = [m.name for m in pkgutil.walk_packages(root.__path__, package + ".")]
for name in modules:
    importlib.import_module(name)
operations = sum(
    method in ("get", "post", "put", "delete") for item in contract["paths"].values() for method in item
)
calls = sum(name.startswith(package + ".api.") and name.count(".") == 3 for name in modules)
if calls != operations:
    sys.exit(f"{calls} of {operations} operations became calls")
print(f"{len(modules)} modules, {calls} operations")
