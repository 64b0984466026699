#!/bin/sh
# What policies gain on held-out answers: by lever and number of candidates shown, by price, and by number of examples and
# what is trained. Writes tables to OUT/tables.md, each evaluation beside it.
#
#   ./mvnw package -Ptraining -DskipTests
#   src/test/studies/levers.sh [E2E-FOLDER] [OUT]
#
# E2E-FOLDER holds train.csv.gz and dev.csv of the E2E NLG Challenge (https://github.com/tuetschek/e2e-dataset). The aim is
# a style of its references, those that begin by speaking to the reader; tested on all of the dev split's, whose inputs are
# not in train. Needs jq.
set -eu
data=${1:-../shared/data/e2e}
out=${2:-target/levers}
style='(?i)^(if|looking|for) '
. "$(dirname "$0")/tables.sh"

examples() { java src/test/studies/E2e.java "$data/$1" '{mr}' "$2" "$3" "$out/$4.jsonl"; }
# Without a preface, which the demo has not learnt to read (the rows preface:3).
plugin() { # name, examples, options
    name=$1 from=$2
    shift 2
    asking train plugin --upstream demo --data "$out/$from.jsonl" --out "$out/$name" --preface 0 "$@"
}
measured() { # name, baselines, options
    name=$1 against=$2
    shift 2
    asking evaluate --policy "$out/$name" --data "$out/held.jsonl" --against "$against" --max-tokens 1 \
        --out "$out/$name.report" "$@"
}
for size in 12 50 200 1000 0; do examples train.csv.gz "$style" "$size" "train-$size"; done
examples train.csv.gz '(?i)^(there is|there.s) ' 1000 other
examples dev.csv "$style" 0 held

# What answers cost that are written at temperature 1, and how near they are to the wanted ones and to the unsteered ones.
written() { # name, what stands before its row, place among the results
    asking evaluate --policy "$out/$1" --data "$out/held.jsonl" --against unsteered --temperature 1 --max-tokens 64 \
        --out "$out/$1.written"
    jq -r --arg first "$2" --argjson at "$3" "$digits"'
        .results[$at] | .cost as $cost
        | "| \($first) | \($cost.calls | digits(1)) | \($cost.tokens | digits(1)) | \($cost.drafted | digits(1))"
            + " | \($cost.read_tokens | digits(1)) | \(.change.replaced.value * 100 | digits(1)) %"
            + " | \(.texts["ROUGE-L"].interval.value | digits(3)) | \(.change.similarity["ROUGE-L"].value | digits(3)) |"' \
        "$out/$1.written/evaluation.json"
}

by_shown() {
    head "candidates shown"
    trimtab train language-model --data "$out/train-0.jsonl" --out "$out/new-model"
    for k in 5 20 200; do
        plugin "all-$k" train-0 --price 0 --top-logprobs "$k"
        plugin "bias-$k" train-0 --layers 0 --top-logprobs "$k"
        plugin "scorer-$k" train-0 --price 0 --bias 0 --top-logprobs "$k"
        measured "bias-$k" unsteered,preface:3 --examples "$out/train-0.jsonl" --top-logprobs "$k"
        measured "scorer-$k" unsteered,new-model,weighted --new-model "$out/new-model" --top-logprobs "$k"
        measured "all-$k" unsteered --top-logprobs "$k"
        rows "bias-$k" "$k"
        rows "scorer-$k" "$k"
        rows "all-$k" "$k"
    done
}

# How far 200 of the 4,096 candidates stand for all of them.
by_shown_to_all() {
    head "candidates shown, 50 examples"
    for k in 5 20 200 4096; do
        plugin "few-bias-$k" train-50 --layers 0 --top-logprobs "$k"
        plugin "few-scorer-$k" train-50 --price 0 --bias 0 --top-logprobs "$k"
        for lever in bias scorer; do
            measured "few-$lever-$k" unsteered --top-logprobs "$k"
            rows "few-$lever-$k" "$k"
        done
    done
}

by_price() {
    head price
    plugin priced train-0 --price 0,0.1,0.3,1
    for price in 0.0 0.1 0.3 1.0; do
        measured "priced-price-$price" unsteered
        rows "priced-price-$price" "$price"
    done
    plugin int8 train-0 --price 0.3 --int8
    measured int8 unsteered
    rows int8 "0.3, in 8-bit numbers"
    printf '\n| price | calls an answer | tokens | drafted | read | replaced | ROUGE-L, wanted | ROUGE-L, unsteered |\n'
    echo '| --- | --- | --- | --- | --- | --- | --- | --- |'
    written priced-price-0.0 unsteered 0
    for price in 0.0 0.1 0.3 1.0; do written "priced-price-$price" "$price" 1; done
}

# What an adapting trained and took, from its policy's card.
spent() { sed -n 's/.*; \([0-9]*\) numbers trained.* \([0-9]*\) s, \([0-9]*\) MB.*/ \1 | \2 s | \3 MB |/p' "$out/$1/CARD.md"; }

by_examples() {
    printf '\n| examples | | nats/token | difference | do not stand | numbers trained | time | memory |\n'
    echo '| --- | --- | --- | --- | --- | --- | --- | --- |'
    plugin base other --price 0
    measured base unsteered
    rows base "0, what is adapted"
    for size in 12 50 200 1000 0; do
        plugin "new-$size" "train-$size" --price 0
        measured "new-$size" unsteered
        rows "new-$size" "$size"
        for update in bias head biases lora:8 mask:0.02 all; do
            name="adapted-$size-$(echo "$update" | tr : -)"
            rm -rf "$out/$name"
            asking train adapt --from "$out/base" --upstream demo --data "$out/train-$size.jsonl" --out "$out/$name" \
                --update "$update"
            if [ -d "$out/$name" ]; then
                measured "$name" unsteered
                rows "$name" "$size" | sed "s/\$/$(spent "$name")/"
            else
                echo "| $size | $name | nothing is gained, nothing written | | |"
            fi
        done
    done
}

{
    by_shown
    by_shown_to_all
    by_price
    by_examples
} | tee "$out/tables.md"
