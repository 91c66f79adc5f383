"""What must not leave the run folder."""

import shlex

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.records import a_run
from wsgibench.model.secrets import HIDDEN, Secrets, without_secrets
from wsgibench.model.variant import Variant

NAMES = st.from_regex(r"[A-Z][A-Z_]{2,10}", fullmatch=True)
VALUES = st.from_regex(r"[a-z0-9!$%+]{6,20}", fullmatch=True)
ODD_VALUES = st.text(st.sampled_from("abz019 '\"\\@/=:$"), min_size=6, max_size=20).map(lambda text: f"x{text}y")


def a_secret_run(**values):
    run = a_run()
    app = msgspec.structs.replace(
        run.plan.app,
        env=(("SECRET_KEY", "s3cr3t-of-the-app"), ("DEBUG", "1")),
        proxied_env=(("HOPS_TOKEN", "another secret"),),
    )
    requests = msgspec.structs.replace(
        run.plan.requests, headers=(("Authorization", "Bearer abc.def"),), body='{"password": "hunter2"}'
    )
    return msgspec.structs.replace(run, plan=msgspec.structs.replace(run.plan, app=app, requests=requests), **values)


def test_the_record_keeps_names_and_no_values():
    """Not even in the command line that made it."""
    command = ("wsgibench", "run", "--env", "SECRET_KEY=s3cr3t-of-the-app", "--env", "DEBUG=1")
    command += ("--header", "Authorization: Bearer abc.def", "--store", "http://elastic:pass-word@127.0.0.1:9200")
    text = msgspec.json.encode(without_secrets(a_secret_run(command=command))).decode()
    for value in ("s3cr3t", "another secret", "abc.def", "hunter2", "pass-word"):
        assert value not in text
    for name in ("SECRET_KEY", "HOPS_TOKEN", "Authorization", f"DEBUG={HIDDEN}", "127.0.0.1:9200"):
        assert name in text


def test_variables_of_variants_keep_their_names_alone():
    """In the record, in the command line and wherever a file has them."""
    variant = Variant(name="new", env=(("API_TOKEN", "t0ken-of-the-app"),))
    run = a_run(command=("wsgibench", "run", "--variant", "new=env:API_TOKEN=t0ken-of-the-app"))
    run = msgspec.structs.replace(run, plan=msgspec.structs.replace(run.plan, variants=(variant,)))
    text = msgspec.json.encode(without_secrets(run)).decode()
    assert "API_TOKEN" in text
    assert "t0ken" not in text


@given(NAMES, VALUES, st.sampled_from(["{}={}", "{}='{}'", '"{}": "{}"', "{}: {}", 'env = ("{}", "{}")', "{0} x {1}"]))
def test_values_are_hidden_however_a_file_writes_them(name, value, form):
    """As shells, settings and JSON do, or on their own."""
    secrets = Secrets(((name, value),))
    assert value not in secrets.hidden(form.format(name, value))


@given(NAMES, ODD_VALUES)
def test_command_lines_hide_what_has_to_be_quoted(name, value):
    """Whatever a shell needs quotes for: the value is in no word of the line."""
    line = Secrets(((name, value),)).joined(("run", "--env", f"{name}={value}", "--header", value))
    assert shlex.split(line) == ["run", "--env", f"{name}={HIDDEN}", "--header", HIDDEN]


@pytest.mark.parametrize("password", ["pass-word", "pass/word", "pass@word", "p@ss/w@rd"])
def test_passwords_in_addresses_are_hidden_whole(password):
    """Up to the last @ before the host."""
    assert (
        Secrets(()).hidden(f"http://elastic:{password}@127.0.0.1:9200/quotes")
        == f"http://{HIDDEN}@127.0.0.1:9200/quotes"
    )


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8000/users/@me is answered, but it is no HTTP.",
        "http://localhost?to=a@b.example",
        "http://[::1]:8000/users/@me",
        "file:///home/@me",
        "http://shop.example#@me",
    ],
)
def test_an_at_sign_behind_the_host_is_none_of_a_password(text):
    """What stands before it ends at the first '/', '?' or '#'."""
    assert Secrets(()).hidden(text) == text


@pytest.mark.parametrize(
    "address", ["redis://:{}@cache/0", "http://{}@host/users/@me", "http://a:1/@b,http://u:{}@host", "//x://u:{}@h"]
)
def test_a_password_is_hidden_whatever_stands_around_it(address):
    assert "pass-word" not in Secrets(()).hidden(address.format("pass-word"))


def test_short_values_are_hidden_beside_their_names_only():
    """A 1 stands everywhere."""
    secrets = Secrets((("DEBUG", "1"),))
    assert secrets.hidden("workers = 1\nDEBUG=1") == f"workers = 1\nDEBUG={HIDDEN}"


def test_where_an_app_is_found_is_no_secret():
    """A variable may say the same (FLASK_APP); what its factory is called with is hidden all the same."""
    secrets = Secrets((("FLASK_APP", "mysite"), ("TOKEN", "s3cr3t")))
    assert secrets.hidden_in_call("mysite.wsgi:application (ASGI)") == "mysite.wsgi:application (ASGI)"
    assert (
        secrets.hidden_in_call("mysite:make('s3cr3t', 'db://u:pw@h')") == f"mysite:make('{HIDDEN}', 'db://{HIDDEN}@h')"
    )
