"""How the documentation is built: `make docs`. Nothing is fetched, then or when it is read."""

import sys
from pathlib import Path

from alliance_cohesion import __version__

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "Alliance cohesion simulator"
author = "The alliance cohesion authors"
project_copyright = "2026, the alliance cohesion authors"
version = release = __version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "docstrings",
    "mathml",
    "made",
]
exclude_patterns = ["_build", "_ext"]

# Markdown
myst_enable_extensions = ["dollarmath", "deflist", "attrs_inline"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # a docstring or an included file may begin below level one

# Notebooks run at every build; one that fails fails the build.
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_cache_path = str(HERE / "_build" / "notebooks")

# Python
default_role = "code"
autodoc_member_order = "bysource"
autodoc_default_options = {"undoc-members": True}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False

# Names of other libraries are not looked up, which would take the network at every build. Nor are
# types in signatures that the reference leaves out.
nitpick_ignore_regex = [
    (r"py:.*", r"(np|numpy|xr|xarray|pd|pandas|mesa|pathlib|datetime|pydantic|collections)\b.*"),
    (r"py:.*", r"(types\.Annotated|FieldInfo|NoneType|CPUDispatcher|PydanticUndefined)"),
    (r"py:(class|exc)", r"alliance_cohesion\..*|\w+Error"),
]

# Pages
html_theme = "pydata_sphinx_theme"
html_title = "Alliance cohesion"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"index": [], "tutorial": []}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 6,
    "show_prev_next": True,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
