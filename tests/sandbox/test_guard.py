"""A web page in the developer's browser gets nothing from the sandbox."""

from __future__ import annotations

import http.client
import http.server
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from playwright.sync_api import Browser

from cfngen.sandbox.guard import KEY_HEADER
from cfngen.sandbox.launcher import HOST, Sandbox
from tests.support.sandbox_account import Aws


def _ask(
    sandbox: Sandbox, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(HOST, sandbox.port, timeout=300)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {
        "Host": f"{HOST}:{sandbox.port}",
        "Content-Length": str(len(body)),
        **headers,
    }.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    said = answer.status, answer.read().decode()
    connection.close()
    return said


def _signed(aws: Aws, secret: str) -> str:
    """The path of a simple request that creates a topic, signed in its query."""
    url = f"{aws.sandbox.endpoint_url}/?Action=CreateTopic&Name=planted&Version=2010-03-31"
    request = AWSRequest("POST", url, data=b"")
    SigV4QueryAuth(Credentials(aws.account, secret), "sns", aws.region).add_auth(request)
    return str(request.url).removeprefix(aws.sandbox.endpoint_url)


def test_the_request_works_for_who_has_the_key_and_is_no_page(aws: Aws) -> None:
    status, said = _ask(aws.sandbox, "POST", _signed(aws, aws.sandbox.key), {})
    assert (status, "planted" in said) == (200, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Content-Type": "text/plain"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Host": "rebound.example"},
        {"Host": "rebound.example:{port}"},
        {"Host": f"{HOST}:1"},
        {"Host": f"{HOST}.evil.example:{{port}}"},
        {"Host": ""},
    ],
    ids=str,
)
def test_a_page_or_another_host_is_refused_unread(aws: Aws, headers: dict[str, str]) -> None:
    given = {name: value.replace("{port}", str(aws.sandbox.port)) for name, value in headers.items()}
    # Nothing of the body is sent: an answer shows that it is not waited for.
    status, said = _ask(
        aws.sandbox, "POST", _signed(aws, aws.sandbox.key), {**given, "Content-Length": "1000000"}
    )
    assert status == 403
    assert said.startswith("refused: ")
    assert aws.client("sns").list_topics()["Topics"] == []


def test_a_preflight_allows_nothing(aws: Aws) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    connection = http.client.HTTPConnection(HOST, aws.sandbox.port, timeout=300)
    connection.request("OPTIONS", "/", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 403
    assert not [name for name in dict(answer.getheaders()) if name.lower().startswith("access-control")]


def test_the_well_known_key_is_not_ours(aws: Aws) -> None:
    status, said = _ask(aws.sandbox, "POST", _signed(aws, "test"), {})
    assert status == 403
    assert "SignatureDoesNotMatch" in said
    assert aws.sandbox.key != Sandbox().key


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config", "/_localstack/state/reset"])
def test_what_is_not_of_aws_needs_the_key(aws: Aws, path: str) -> None:
    aws.client("sns").create_topic(Name="kept")
    for headers in ({}, {KEY_HEADER: "test"}):
        assert _ask(aws.sandbox, "POST", path, headers)[0] == 403
    assert len(aws.client("sns").list_topics()["Topics"]) == 1


def test_no_code_runs_unless_asked_for(aws: Aws, tmp_path: Path) -> None:
    import base64
    import io
    import zipfile

    from botocore.exceptions import ClientError, WaiterError

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("main.py", f"def handler(*_):\n    open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    given = {"Runtime": "python3.12", "Role": f"arn:aws:iam::{aws.account}:role/r", "Handler": "main.handler"}
    with pytest.raises(ClientError):
        aws.client("lambda").create_function(FunctionName="f", Code={"ZipFile": buffer.getvalue()}, **given)
    glue = aws.client("glue")
    script = tmp_path / "job.py"
    script.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()")
    command = {"Name": "pythonshell", "ScriptLocation": str(script)}
    try:
        glue.create_job(Name="j", Role=given["Role"], Command=command)
        glue.start_job_run(JobName="j")
    except ClientError:
        pass
    inline = base64.b64encode(buffer.getvalue()).decode()
    template = {
        "Resources": {
            "F": {"Type": "AWS::Lambda::Function", "Properties": {**given, "Code": {"ZipFile": inline}}},
            "C": {"Type": "Custom::Run", "Properties": {"ServiceToken": {"Fn::GetAtt": ["F", "Arn"]}}},
        }
    }
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(template))
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName="s", WaiterConfig={"Delay": 0.1, "MaxAttempts": 600}
        )
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    assert "start it with --execute" in str([event for event in events if event["LogicalResourceId"] == "C"])
    assert not (tmp_path / "ran").exists()


# --- A real browser ----------------------------------------------------------------------------------------


class _Page(http.server.BaseHTTPRequestHandler):
    """Serves the hostile page, and records what a server that does not refuse would have got."""

    page = b""
    asked: list[tuple[str, str | None, str | None]]

    def _answer(self) -> None:
        self.asked.append((self.command, self.headers["Origin"], self.headers["Sec-Fetch-Site"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page)

    do_GET = do_POST = do_OPTIONS = do_PUT = _answer  # noqa: N815 - the names of http.server

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def _served(page: str) -> Iterator[tuple[int, list[tuple[str, str | None, str | None]]]]:
    asked: list[tuple[str, str | None, str | None]] = []
    handler = type("Handler", (_Page,), {"page": page.encode(), "asked": asked})
    server = http.server.ThreadingHTTPServer((HOST, 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()


def _browse(browser: Browser, url: str) -> str:
    """What the page says after its scripts have run."""
    page = browser.new_page()
    try:
        page.goto(url)
        page.wait_for_function("(document.getElementById('said') ?? document.body).textContent !== ''")
        return page.inner_text("body")
    finally:
        page.close()


HOSTILE = """<!doctype html><body><pre id=said></pre><script>
(async () => {
  const said = [];
  for (const target of TARGETS) {
    const ways = [["POST", "no-cors"], ["GET", "no-cors"], ["POST", "cors"], ["PUT", "cors"]];
    for (const [method, mode] of ways) {
      try {
        const answer = await fetch(target, {method, mode, body: method == "GET" ? undefined : "x=1"});
        said.push(mode + " " + answer.status + " " + (await answer.text()));
      } catch (error) { said.push(mode + " blocked"); }
    }
  }
  document.getElementById("said").textContent = said.join("|");
})();
</script></body>"""


def test_a_page_in_a_real_browser_gets_nothing(aws: Aws, browser: Browser) -> None:
    target = aws.sandbox.endpoint_url + _signed(aws, aws.sandbox.key)
    rebound = target.replace(HOST, "rebound.example")
    with _served("ok") as (control, asked):
        targets = json.dumps([target, rebound, f"http://{HOST}:{control}/"])
        with _served(HOSTILE.replace("TARGETS", targets)) as (port, _):
            said = _browse(browser, f"http://evil.example:{port}/")
    assert {method for method, _, _ in asked} >= {"POST", "GET", "OPTIONS"}  # it did send them
    assert all(origin or site for _, origin, site in asked)
    assert said.count("blocked") >= 4
    assert "CreateTopicResponse" not in said
    assert aws.client("sns").list_topics()["Topics"] == []
    there = _browse(browser, f"http://rebound.example:{aws.sandbox.port}/")
    assert "refused: " in there
