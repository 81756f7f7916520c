"""The files of deploy/: what can be checked of them without a model server."""

import http.server
import json
import re
import subprocess
import threading
from pathlib import Path

import pytest
from google.protobuf import text_format
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

DEPLOY = Path(__file__).parents[2] / "deploy"
CONFIG = DEPLOY / "config"


def test_the_model_is_where_the_compose_file_puts_it():
    config = text_format.Parse((CONFIG / "models.config").read_text(), ModelServerConfig())
    (model,) = config.model_config_list.config
    compose = (DEPLOY / "compose.yaml").read_text()
    assert model.name == "selfvae"
    assert re.search(rf'SERVED:\?[^}}]*}}:{model.base_path}:ro"', compose)
    assert re.search(r"image: tensorflow/serving:\d+\.\d+\.\d+\b", compose)


@pytest.mark.parametrize("name", ["compose.yaml", "compose.batching.yaml"])
def test_every_file_that_is_named_exists(name):
    named = re.findall(r"/config/([\w.]+)", (DEPLOY / name).read_text())
    assert len(named) >= 2
    assert all((CONFIG / file).is_file() for file in named)


def test_batching_adds_to_the_command():
    def flags(name):
        return set(re.findall(r"- (--\S+)", (DEPLOY / name).read_text()))

    added = flags("compose.batching.yaml") - flags("compose.yaml")
    assert flags("compose.yaml") < flags("compose.batching.yaml")
    assert added == {"--enable_batching=true", "--batching_parameters_file=/config/batching.config"}


@pytest.mark.parametrize("state, healthy", [("AVAILABLE", True), ("LOADING", False), (None, False)])
def test_health(state, healthy):
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status = {"version": "1", "state": state, "status": {"error_code": "OK"}}
            body = json.dumps({"model_version_status": [status]}).encode()
            self.send_response(200 if state else 404)
            self.end_headers()
            self.wfile.write(body if state else b'{"error": "not found"}')

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        check = ["bash", CONFIG / "healthy.sh", str(server.server_port)]
        done = subprocess.run(check, timeout=300)
        server.shutdown()
    assert (done.returncode == 0) == healthy
    assert asked == ["/v1/models/selfvae"]
    assert subprocess.run(check, stderr=subprocess.DEVNULL, timeout=300).returncode  # nobody listens now
