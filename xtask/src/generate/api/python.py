"""Prints the public API of the Python package, read from its sources: nothing has to be built for it."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[4] / "loqui-py" / "python" / "loqui"


def parse(module: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))


def exported(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return sorted(ast.literal_eval(node.value))
    return []


def imports(tree: ast.Module) -> dict[str, str]:
    """The module of the package that each imported name comes from."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
            found.update({alias.name: node.module for alias in node.names})
    return found


def definition(tree: ast.Module, name: str) -> ast.stmt | None:
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            return node
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return node
    return None


def function(node: ast.FunctionDef | ast.AsyncFunctionDef, indent: str) -> list[str]:
    lines = [f"{indent}@{ast.unparse(decorator)}" for decorator in node.decorator_list]
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return [*lines, f"{indent}{word} {node.name}({ast.unparse(node.args)}){returns}"]


def members(tree: ast.Module, node: ast.ClassDef) -> list[str]:
    """The public members of a class and of its private bases."""
    lines = []
    for base in node.bases:
        parent = definition(tree, ast.unparse(base))
        if isinstance(parent, ast.ClassDef) and parent.name.startswith("_"):
            lines += members(tree, parent)
    for item in node.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not item.name.startswith("_") or item.name == "__init__":
                lines += function(item, "    ")
        elif isinstance(item, ast.AnnAssign) and not ast.unparse(item.target).startswith("_"):
            lines.append(f"    {ast.unparse(item)}")
    return lines


def show(module: str, name: str) -> list[str]:
    tree = parse(module)
    node = definition(tree, name)
    if isinstance(node, ast.ClassDef):
        bases = [ast.unparse(base) for base in [*node.bases, *(keyword.value for keyword in node.keywords)]]
        public = ", ".join(base for base in bases if not base.startswith("_"))
        lines = [f"@{ast.unparse(decorator)}" for decorator in node.decorator_list]
        return [*lines, f"class {name}({public}):" if public else f"class {name}:", *members(tree, node)]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return function(node, "")
    return [ast.unparse(node)] if node else [f"{name}  # from the compiled module"]


def main() -> None:
    front = parse("__init__")
    sources = imports(front)
    sections = {"loqui": [(sources.get(name, ""), name) for name in exported(front)]}
    for module in ("errors", "testing", "webhooks", "pytest_plugin"):
        sections[f"loqui.{module}"] = [(module, name) for name in exported(parse(module))]
    for section, names in sections.items():
        print(f"# {section}\n")
        for module, name in names:
            source = PACKAGE / f"{module}.py"
            lines = show(module, name) if module and source.is_file() else [f"{name}  # a module, or compiled"]
            print("\n".join(lines) + "\n")


main()
