"""What the content check found: errors, which stop publishing, and advice, which never does."""

from dataclasses import dataclass, field

from chatservice.data_files import Mistake


@dataclass(slots=True)
class Findings:
    """Everything that was found, in the order it was looked for, and which pages there will be."""

    pages: int = 0
    addresses: list[str] = field(default_factory=list[str])
    errors: list[Mistake] = field(default_factory=list[Mistake])
    advice: list[Mistake] = field(default_factory=list[Mistake])

    def refuse(self, file: str, line: int, what: str, remedy: str) -> None:
        """Note an error on a line (from 1)."""
        self.errors.append(Mistake(file, line, what, remedy))

    def advise(self, file: str, line: int, what: str, remedy: str) -> None:
        """Note something that would be better otherwise."""
        self.advice.append(Mistake(file, line, what, remedy))

    def report(self, *, advice: bool = True) -> str:
        """Say it all, by file and line, errors first, and count it."""
        lines = [f"FEL  {mistake}" for mistake in sorted(set(self.errors))]
        if advice:
            lines += [f"RÅD  {mistake}" for mistake in sorted(set(self.advice))]
        counted = f"{self.pages} sidor kontrollerade: {len(set(self.errors))} fel"
        lines.append(f"{counted}, {len(set(self.advice))} råd." if advice else f"{counted}.")
        return "\n".join(lines)
