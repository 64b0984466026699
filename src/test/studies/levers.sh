#!/usr/bin/env bash
# What policies of few and many examples gain on held-out answers, as tables on standard output:
#
#   src/test/studies/levers.sh E2E [FOLDER]        (target/levers)
#
# E2E is the folder of the E2E NLG Challenge's train.csv.gz and dev.csv (https://github.com/tuetschek/e2e-dataset). The aim
# is a style of its references, those that speak to the reader; tested on the dev split's, whose inputs are not in train.
# Needs target/trimtab.jar as ./mvnw package -Ptraining -DskipTests makes it.
set -euo pipefail
e2e="$(cd "$1" && pwd)"
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
folder="${2:-target/levers}"
style='(?i)^(if|looking|for) '
other='(?i)^(there is|there.s) '
mkdir -p "$folder"

trimtab() { java -jar target/trimtab.jar "$@" --cache "$folder/shown" 2>>"$folder/log.txt" >>"$folder/log.txt"; }
examples() { java src/test/studies/E2e.java "$e2e/$1" '{mr}' "$2" "$3" "$folder/$4.jsonl"; }
measure() { # policy, name of the held-out answers, further arguments
    local policy="$1" held="$2"
    shift 2
    trimtab evaluate --policy "$folder/$policy" --data "$folder/$held.jsonl" --out "$folder/$policy-report" "$@"
}
# The row of a contender: nats/token, the difference with its interval, the share that does not stand.
row() { # policy, contender
    awk -F' *[|] *' -v name="$2" '$2 == name && !seen++ { print $3 " | " $4 " | " $7 }' \
        "$folder/$1-report/evaluation.md"
}

for size in 12 50 200 1000 0; do examples train.csv.gz "$style" "$size" "train-$size"; done
examples dev.csv "$style" 0 held

echo "## Levers, all examples, by how many candidates are shown"
echo
echo "| shown | levers | nats/token | difference | do not stand |"
echo "| --- | --- | --- | --- | --- |"
for top in 5 20 4096; do
    for levers in "all:" "scorer:--bias 0" "bias:--layers 0"; do
        name="${levers%%:*}-$top"
        trimtab train plugin --data "$folder/train-0.jsonl" --out "$folder/$name" --price 0 --top-logprobs "$top" \
            ${levers#*:}
        measure "$name" held --top-logprobs "$top" --against unsteered
        echo "| $top | ${levers%%:*} | $(row "$name" "$name") |"
    done
done
