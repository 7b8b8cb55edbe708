#!/usr/bin/env python3
"""A year of cron: random changes, a run, and after each run everything that must hold (oracle.py).

    simulate.py PROGRAM FOLDER [--runs N] [--seed S] [--faults faults.so] [--without FEATURES] [--keep]
    simulate.py PROGRAM FOLDER --self-test      tampers with what a run left, and wants it noticed

The same seed gives the same year, but for the calls at which crashes happen: threads make these vary.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import time

import besides
import changes
import features
import mutants
import world as worlds
from oracle import Oracle, Snapshot, Violation, snapshot

BEGIN = 1767225600  # 2026-01-01T00:00:00Z
ACCEPT = ["--accept-shrink", "--accept-growth"]
CRASHES = ("kill", "kill-after", "enospc", "eio")
SILENT = ("touched", "the previous tree is lost")  # changes that no run has a word for
MOST_CALLS = 160  # among which a crash happens; a run of a small world makes so many


class Year:
    def __init__(self, program, folder, seed, runs, found, faults=None):
        os.makedirs(folder)
        self.program, self.runs, self.faults = program, runs, faults
        self.random = random.Random(seed)
        self.world = worlds.World(os.path.join(folder, "site"), self.random, found, BEGIN)
        os.makedirs(self.world.folder)
        self.oracle = Oracle(self.world, program, os.path.join(folder, "scratch"))
        self.before = Snapshot()
        self.previous = None  # contents of the tree before
        self.log = []
        self.number = 0
        self.figures = {"crashes": 0, "guards": 0, "quiet": 0, "other commands": 0, "seconds of runs": 0.0}
        for source in worlds.SOURCES:
            for _ in range(2):
                self.world.add(self.world.make(source, BEGIN - self.random.randrange(5 * worlds.DAY)))

    def note(self, text):
        self.log.append(f"{self.number} {worlds.date_text(self.world.now)}: {text}")

    def pass_time(self):
        mean = 365 * worlds.DAY / self.runs
        dice = self.random.random()
        if dice < 0.3:
            self.world.now += 600
        elif dice < 0.34:
            self.world.now -= self.random.randrange(12 * 3600)
        else:
            self.world.now += int(self.random.expovariate(1 / (mean * 1.5)))

    def make_changes(self):
        made = []
        if self.world.torn:
            self.world.torn = False
            made.append("the line is whole")
            self.note(made[0])
        if self.random.random() < 0.2:
            return made
        for _ in range(self.random.randint(1, 5)):
            said = changes.change(self.world)
            if said:
                self.note(said)
                made.append(said)
        return made

    def command(self, *more):
        builds = self.world.command[0] in ("build", "withdraw")
        jobs = self.random.choice(([], ["--jobs", "1"], ["--jobs", "2"])) if builds else []
        environment = dict(os.environ)
        command = [self.program, *self.world.command, *jobs, *more]
        if builds and self.random.random() < 0.5:
            command += ["--now", worlds.date_text(self.world.now)]
        else:
            environment["SOURCE_DATE_EPOCH"] = str(self.world.now)
        return command, environment

    def execute(self, *more, **settings):
        command, environment = self.command(*more)
        begin = time.monotonic()
        run = subprocess.run(command, cwd=self.world.folder, env=environment | settings, capture_output=True, check=False)
        self.figures["seconds of runs"] += time.monotonic() - begin
        self.note(f"{' '.join(command[1:])}: exit {run.returncode} {run.stderr.decode(errors='replace').strip()}")
        return run

    def public(self, before):
        return snapshot(self.world.path("public"), before)

    def crash(self):
        """A run that is killed, or to which the disk fails. What is served then, if it ran on a crash."""
        kind, at = self.random.choice(CRASHES), self.random.randint(1, MOST_CALLS)
        self.note(f"{kind} at call {at}")
        run = self.execute(LD_PRELOAD=self.faults, FAULT_KIND=kind, FAULT_AT=str(at))
        if run.returncode not in (0, 65, -9, 71, 73, 74, 77):
            raise Violation("exit", f"exit {run.returncode} with a fault: {run.stderr.decode()}")
        if run.returncode > 0 and not run.stderr:
            raise Violation("exit", f"exit {run.returncode} with a fault, without a word")
        self.figures["crashes"] += 1
        self.world.forgotten = True  # what it found out may have gone with it
        return self.public(self.before)

    def run(self):
        """The run, with the guards overridden where they are right: time and deletions take many entries at once."""
        run = self.execute()
        if run.returncode == 73 and b"guard-" in run.stderr:
            self.figures["guards"] += 1
            if self.public(self.before).contents() != self.before.contents():
                raise Violation("guard", "a guard stopped the run, and yet the tree is another")
            run = self.execute(*ACCEPT)
        return run

    def step(self, tamper=None, made=None):
        self.number += 1
        if self.number > 1:
            self.pass_time()
            made = self.make_changes() if made is None else made
        self.world.write()
        between = []
        crashed = self.faults and self.number > 1 and self.random.random() < 0.12
        if crashed:
            between.append(self.crash())
        run = self.run()
        after = self.public(self.before)
        if tamper:
            between, run = tamper(self, self.before, after, run) or (between, run)
            after = self.public(after)
        quiet = not crashed and self.number > 1 and all(one.startswith(SILENT) for one in made)
        refusal = self.world.expect_refusal or (
            (self.world.forgotten or self.world.damaged) and any(a.broken for a in self.world.articles))
        self.oracle.check(self.before, between, after, run, not quiet, refusal)
        self.figures["quiet"] += quiet
        self.world.settle()
        self.world.expect_refusal = self.world.forgotten = False
        if b"cache-set-aside" in run.stderr or not os.path.exists(self.world.path(".pindao", "cache.db")):
            self.world.damaged = False
        self.world.command = ["build"]
        if self.before.contents() != after.contents():
            self.previous = self.before.contents()
        self.before = after

    def simulate(self):
        for _ in range(self.runs):
            self.step()
            for feature in sorted(self.world.features & besides.BESIDES.keys()):
                if self.number > 2 and self.random.random() < 0.03:
                    besides.BESIDES[feature](self)
                    self.figures["other commands"] += 1


def report(year, violation, seed):
    print(f"not ok the simulated year: {violation.args[0]}")
    print(f"# seed {seed}, run {year.number} of {year.runs}, kept in {os.path.dirname(year.world.folder)}")
    for line in str(violation.args[1]).splitlines():
        print(f"# {line[:1000]}")
    with open(os.path.join(os.path.dirname(year.world.folder), "log"), "w", encoding="utf-8") as log:
        log.write("\n".join(year.log) + "\n")
    for line in [line for line in year.log if int(line.split()[0]) > year.number - 3][-40:]:
        print("# " + line[:400].replace("\n", " | "))


def simulate(program, folder, arguments, found):
    year = Year(program, os.path.join(folder, f"year-{arguments.seed}"), arguments.seed, arguments.runs, found,
                arguments.faults)
    begin = time.monotonic()
    try:
        year.simulate()
    except Violation as violation:
        report(year, violation, arguments.seed)
        return 1
    print(f"ok {arguments.runs} runs of a simulated year, seed {arguments.seed}")
    figures = ", ".join(f"{value:.0f} {name}" for name, value in year.figures.items())
    print(f"figure {len(year.world.articles)} articles, {len(year.before.files)} files, {figures}, "
          f"{time.monotonic() - begin:.0f} s in all")
    if not arguments.keep:
        shutil.rmtree(os.path.dirname(year.world.folder))
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults")
    parser.add_argument("--without", default="", help="features, as if the program did not have them: rollback,status")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    program = os.path.realpath(arguments.program)
    if arguments.faults:
        arguments.faults = os.path.realpath(arguments.faults)
    found, lines = features.probe(program, os.path.join(arguments.folder, f"features-{os.getpid()}"))
    found -= set(arguments.without.split(","))
    if arguments.self_test:
        return mutants.self_test(Year, program, arguments.folder, found)
    print("\n".join(lines))
    return simulate(program, arguments.folder, arguments, found)


if __name__ == "__main__":
    sys.exit(main())
