#!/bin/sh
# What policies gain before a real server by number of examples and price: preface, bias and scorer, as far as each pays.
# Writes a table to OUT/tables.md, each evaluation beside it. Takes about two hours on two cores, nearly all of them the
# server's; what it has shown is kept, so that a second run takes minutes.
#
#   ./mvnw package -Ptraining -DskipTests
#   src/test/servers/llama-cpp.sh &
#   src/test/studies/smollm2.sh TOKENIZER [SERVER] [E2E-FOLDER] [OUT] [SIZES]
#
# TOKENIZER is SmolLM2's tokenizer.json; E2E-FOLDER holds train.csv.gz and dev.csv of the E2E NLG Challenge
# (https://github.com/tuetschek/e2e-dataset), whose inputs are apart. Needs jq.
set -eu
export TRIMTAB_UPSTREAM_TOKENIZER="$1"
server=${2:-http://127.0.0.1:8090/v1}
data=${3:-../shared/data/e2e}
out=${4:-target/smollm2}
sizes=${5:-12 200 1200}
. "$(dirname "$0")/tables.sh"

examples() { java src/test/studies/E2e.java "$data/$1" 'Describe this place in one or two sentences: {mr}' . "$2" "$3"; }
plugin() { # name, number of examples, options
    name=$1 size=$2
    shift 2
    asking train plugin --upstream "$server" --data "$out/train-$size.jsonl" --preface 8 --out "$out/$name" "$@"
}
measured() { # name, baselines, what stands before its rows
    asking evaluate --policy "$out/$1" --upstream "$server" --data "$out/held.jsonl" --against "$2" --max-tokens 1 \
        --out "$out/$1.report"
    rows "$1" "$3"
}

examples dev.csv 100 "$out/held.jsonl"
{
    head examples
    for size in $sizes; do
        examples train.csv.gz "$size" "$out/train-$size.jsonl"
        plugin "bias-$size" "$size" --layers 0
        plugin "all-$size" "$size" --price 0,0.3,1
        measured "bias-$size" unsteered,preface "$size"
        for price in 0.0 0.3 1.0; do
            measured "all-$size-price-$price" unsteered "$size"
        done
    done
} | tee "$out/tables.md"
