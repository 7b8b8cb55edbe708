"""Commands that an operator runs between cron's: none of them may change what the next run writes."""

from oracle import Violation


def ask(year, check, command, codes=(0,)):
    """Runs it, and says whether it ended well."""
    year.world.command = command
    run = year.execute()
    year.world.command = ["build"]
    if run.returncode not in codes:
        raise Violation(check, f"{' '.join(command)}: exit {run.returncode}: {run.stderr.decode()}")
    if run.returncode and not run.stderr:
        raise Violation(check, f"{' '.join(command)}: exit {run.returncode} without a word")
    return run.returncode in (0, 65)


def want_untouched(year, check, what):
    now = year.public(year.before)
    if now.contents() != year.before.contents() or now.folders != year.before.folders:
        raise Violation(check, f"{what} touched the tree")
    year.oracle.check_untouched(year.before, now)


def status(year):
    for more in ([], ["--json"]):
        ask(year, "status", ["status", *more])
    want_untouched(year, "status", "status")


def compact(year):
    """The history says the same as before."""
    ask(year, "compact", ["compact"])
    want_untouched(year, "compact", "compact")
    ask(year, "compact", ["build"])
    want_untouched(year, "compact", "the run behind compact")
    year.oracle.check_scratch(year.before)


def rollback(year):
    """The tree before; which stays until the operator says so; then the newest again."""
    if not ask(year, "rollback", ["rollback"], (0, 66, 73)):
        want_untouched(year, "rollback", "a rollback that was refused")
        return
    newest, back = year.before, year.public(year.before)
    if year.previous is not None and back.contents() != year.previous:
        raise Violation("rollback", "this is not the tree before")
    year.oracle.check_untouched(newest, back)
    year.oracle.check_withdrawn()
    year.before = back
    ask(year, "rollback", ["build"])
    want_untouched(year, "rollback", "the run behind a rollback")
    ask(year, "rollback", ["build", "--full"], (0, 65))
    again = year.public(back)
    if again.contents() != newest.contents():
        raise Violation("rollback", "a full run behind a rollback does not write the newest tree")
    year.oracle.check_untouched(back, again)
    year.previous = back.contents()
    year.before = again


BESIDES = {"compact": compact, "rollback": rollback, "status": status}
