#!/bin/sh
# What policies gain before a real server: by number of examples and price with all levers, and by lever and number of
# candidates shown. Writes tables to OUT/tables.md, each evaluation beside it. Takes two to three hours on two cores, nearly
# all of them the server's; what it has shown is kept, so that a second run takes minutes.
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
    asking train plugin --upstream "$server" --data "$out/train-$size.jsonl" --out "$out/$name" "$@"
}
measured() { # name, what stands before its rows, baselines, options
    name=$1 first=$2 against=$3
    shift 3
    asking evaluate --policy "$out/$name" --upstream "$server" --data "$out/held.jsonl" --against "$against" \
        --max-tokens 1 --out "$out/$name.report" "$@"
    rows "$name" "$first"
}
scorer() { # name, what stands before its rows, number of examples, baselines, options
    name=$1 first=$2 size=$3 against=$4
    shift 4
    plugin "$name" "$size" --preface 0 --bias 0 --price 0 "$@"
    measured "$name" "$first" "$against" --new-model "$out/new-model" "$@"
}
# As near to all logits as the server comes: as many candidates as it is asked for.
nearly_all() {
    (
        export TRIMTAB_UPSTREAM_CAPABILITIES_TOPLOGPROBS=500
        "$@"
    )
}

by_examples() {
    head examples
    for size in $sizes; do
        examples train.csv.gz "$size" "$out/train-$size.jsonl"
        plugin "bias-$size" "$size" --layers 0
        plugin "all-$size" "$size" --price 0,0.3,1
        measured "bias-$size" "$size" unsteered,preface:1,preface:3,preface --examples "$out/train-$size.jsonl"
        for price in 0.0 0.3 1.0; do
            measured "all-$size-price-$price" "$size" unsteered
        done
    done
    nearly_all scorer "500-shown-$size" "$size" "$size" unsteered
}

by_shown() {
    head "candidates shown"
    for shown in 5 20; do
        plugin "bias-alone-$shown" 200 --preface 0 --layers 0 --top-logprobs "$shown"
        measured "bias-alone-$shown" "$shown" unsteered --top-logprobs "$shown"
        plugin "both-$shown" 200 --preface 0 --price 0,0.3 --top-logprobs "$shown"
        measured "both-$shown-price-0.0" "$shown" unsteered --top-logprobs "$shown"
        measured "both-$shown-price-0.3" "$shown" unsteered --top-logprobs "$shown"
        scorer "scorer-$shown" "$shown" 200 unsteered,new-model,weighted --top-logprobs "$shown"
        plugin "levers-$shown" 200 --price 0.3 --top-logprobs "$shown"
        measured "levers-$shown" "$shown" unsteered,preface --top-logprobs "$shown"
    done
    nearly_all scorer scorer-500 500 200 unsteered,new-model,weighted
}

examples dev.csv 100 "$out/held.jsonl"
examples train.csv.gz 200 "$out/train-200.jsonl"
trimtab train language-model --data "$out/train-200.jsonl" --tokenizer "$1" --layers 1 --width 64 --heads 4 --passes 30 \
    --out "$out/new-model"
{
    by_examples
    by_shown
} | tee "$out/tables.md"
