"""What all trials of a run share, made, and gone at the end."""

import contextlib
from collections.abc import Iterator, Mapping

import msgspec

from wsgibench.bench.bodies.known import Known
from wsgibench.bench.checkouts import as_they_are, changed_since
from wsgibench.bench.cores import cores_of
from wsgibench.bench.deadline import Deadline
from wsgibench.bench.listener import Listener, Noted
from wsgibench.bench.parts import Parts
from wsgibench.bench.preparing import prepare
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.sampling import sample
from wsgibench.bench.variant_files import apart, variant_files
from wsgibench.bench.variants import apps_in, check
from wsgibench.bench.verification import Reference, paths_to_verify
from wsgibench.deploy.environment import built_environment, with_bytecode_in
from wsgibench.deploy.preflight import Preflight
from wsgibench.errors import OutOfTimeError, WsgibenchError
from wsgibench.model.app import App
from wsgibench.model.plan import Plan
from wsgibench.model.run import Run, apart_in_words
from wsgibench.processes.interruption import undisturbed
from wsgibench.processes.private_directory import PrivateDirectory
from wsgibench.runs.folder import RunFolder


@contextlib.contextmanager
def opened(run: Run, folder: RunFolder, listener: Listener, deadline: Deadline, parts: Parts) -> Iterator[RunContext]:
    """All that trials share; what the plan has for afterwards is done at its end, unless that is a failure.

    Raises:
        MissingError, StartError: a variant cannot be had, or prepared, or is not as it was when the run began.
    """
    plan = run.plan
    cores = cores_of(plan)
    paths = paths_to_verify(plan.app.check_paths, plan.requests, plan.seed)
    directory = PrivateDirectory()
    host, exits = parts.host(directory.path), contextlib.ExitStack()
    try:
        runs = folder.path.parent
        files = exits.enter_context(variant_files(plan, runs)) if plan.variants else directory.path
        apps = apps_in(plan, files)
        _note_apart(apps, folder, listener)
        env = built_environment()
        if plan.variants:
            env = with_bytecode_in(files / "bytecode", env)
        if plan.prepare:
            prepare(plan, apps, env)
            check(plan, apps, files)
            plan = _as_prepared(plan, folder)
        parts.require(plan, apps)
        host.start(cores.stack, env, timeout_s=plan.start_timeout_s)
        context = RunContext(
            plan=plan,
            host=host,
            directory=directory.path,
            cores=cores,
            preflights={
                variant: Preflight(
                    paths,
                    len(plan.requests.paths),
                    stacks=sum(stack.variant == variant for stack in plan.stacks),
                    start_timeout_s=plan.start_timeout_s,
                    variant=variant,
                )
                for variant in apps
            },
            reference=Reference(
                paths,
                plan.requests,
                start_timeout_s=plan.start_timeout_s,
            ),
            known=_known(plan, folder),
            apps=apps,
            listener=listener,
            deadline=deadline,
            parts=parts,
            learned=run.learned_by_stack,
        )
        try:
            yield context
        except OutOfTimeError:
            sample(context, folder)
            raise
        sample(context, folder)
    finally:
        with undisturbed():
            _note_changed(plan, folder)
            host.stop()
            exits.close()
            directory.remove()


def _note_apart(apps: Mapping[str, App], folder: RunFolder, listener: Listener) -> None:
    """Say, and keep, which variants have their files elsewhere than the first."""
    names = apart(apps)
    run = folder.read_run()
    if names != run.apart:
        folder.write_run(msgspec.structs.replace(run, apart=names))
    if names:
        listener(Noted(sentence=apart_in_words(names, next(iter(apps)))))


def _as_prepared(plan: Plan, folder: RunFolder) -> Plan:
    """The plan with the checkouts as they were measured: what prepares an app may write files."""
    plan = msgspec.structs.replace(plan, variants=as_they_are(plan.variants, plan.app, folder.path.parent))
    folder.write_run(msgspec.structs.replace(folder.read_run(), plan=plan))
    return plan


def _note_changed(plan: Plan, folder: RunFolder) -> None:
    """Keep which checkouts are no longer as they were; what is wrong with Git or the folder is another's to say."""
    with contextlib.suppress(WsgibenchError):
        run = folder.read_run()
        changed = (*run.changed, *changed_since(plan.variants, plan.app, folder.path.parent))
        if changed:
            folder.write_run(msgspec.structs.replace(run, changed=tuple(dict.fromkeys(changed))))


def _known(plan: Plan, folder: RunFolder) -> dict[str, Known]:
    """What an interrupted run knew of answers, by whom is to answer alike; nothing in a new one."""
    found = [(plan.alike(trial.stack), trial.bodies) for trial in folder.read().trials if trial.bodies is not None]
    wrong = [(name, each.path) for name, bodies in found for each in (*bodies.wrong, bodies.split) if each is not None]
    return {
        name: Known(
            [stack.label for stack in plan.stacks if plan.alike(stack) == name],
            folder.read_answers(name),
            [path for of, path in wrong if of == name],
        )
        for name in dict.fromkeys(map(plan.alike, plan.stacks))
    }
