#!/bin/sh
# How well each loss of `train negative`, at several weights of what is unwanted (alpha), and forbidding the same phrases while decoding, keep phrases out of the demo's
# answers, and what else of its answers changes. Writes a table to OUT/table.md, each evaluation beside it.
#
#   ./mvnw package -Ptraining -DskipTests
#   src/test/studies/negative.sh [E2E-FOLDER] [OUT]
#
# E2E-FOLDER holds train.csv.gz and dev.csv of the E2E NLG Challenge (https://github.com/tuetschek/e2e-dataset). Needs jq.
set -eu
data=${1:-../shared/data/e2e}
out=${2:-target/negative}
fits="tnff-1 tnrr-1 tnrf-1 tnfll-1 tnrll-1 nl-1 ul-1
    tnff-0.3 tnff-3 tnff-10 tnrr-0.3 tnrr-3 tnrr-10 tnrf-0.3 tnrf-3 tnrf-10"
export OMP_NUM_THREADS=1
. "$(dirname "$0")/tables.sh"
mkdir -p "$out/policies/masking"
examples() { java src/test/studies/E2e.java "$data/$1" '{mr}' . "$2" "$out/$3"; }
examples train.csv.gz 150 prompts.jsonl
examples dev.csv 100 heldout.jsonl

cat > "$out/rules.yaml" <<'RULES'
- name: praise
  phrases: [customer rating, family friendly, family-friendly]
RULES
cp "$out/rules.yaml" "$out/policies/masking/"
printf 'upstream: demo\nmodel: demo\nnegative: {rules: rules.yaml}\n' > "$out/policies/masking/policy.yaml"

# Sampled answers for how often the phrases come, greedy ones for how near answers are to the unsteered ones.
evaluated() {
    for written in "1 100" "0 50"; do
        temperature=${written% *}
        asking evaluate --policy "$out/policies/$1" --data "$out/heldout.jsonl" --rules "$out/rules.yaml" \
            --against unsteered --temperature "$temperature" --limit "${written#* }" --max-tokens 64 \
            --out "$out/$1-$temperature"
    done
}

row() {
    card="$out/policies/$1/CARD.md"
    mass=$(sed -n 's/.*unwanted mass[^|]*|[^|]*| \([^ ]*\) .*/\1/p' "$card" 2> /dev/null || true)
    elsewhere=$(sed -n 's/.*nothing is unwanted[^|]*|[^|]*| \([^ ]*\) .*/\1/p' "$card" 2> /dev/null || true)
    jq -rn --arg name "$1" --arg mass "$mass" --arg elsewhere "$elsewhere" --argjson at "$2" \
        --slurpfile sampled "$out/$3-1/evaluation.json" --slurpfile greedy "$out/$3-0/evaluation.json" "$digits"'
        def percent: . * 1000 | round / 10 | tostring + " %";
        $sampled[0].results[$at] as $s | $greedy[0].results[$at] as $g | $s.negative.interval as $n
        | [$name, $mass, $elsewhere, "\($n.value | percent) [\($n.low | percent), \($n.high | percent)]",
           ($g.change.similarity.BLEU.value | digits(3)), ($g.change.same.value | percent),
           ($s.aim.drift.value | digits(4)), ($s.cost.calls | digits(1))]
        | "| " + join(" | ") + " |"'
}

trained() { # loss-alpha
    asking train negative --upstream demo --prompts "$out/prompts.jsonl" --reject "$out/rules.yaml" --loss "${1%-*}" \
        --alpha "${1#*-}" --out "$out/policies/$1"
    evaluated "$1"
}

# Two at a time; the first training has the answers written that the others read.
evaluated masking &
set -- $fits
trained "$1"
wait
shift
while [ $# -gt 0 ]; do
    trained "$1" &
    shift
    [ $# -eq 0 ] || { trained "$1" & shift; }
    wait
done
{
    echo "| | unwanted mass an answer | KL elsewhere | answers with a phrase | BLEU, unsteered | same | drift | calls |"
    echo "| --- | --- | --- | --- | --- | --- | --- | --- |"
    row unsteered 0 masking
    row masking 1 masking
    for fit in $fits; do
        row "$fit" 1 "$fit"
    done
} | tee "$out/table.md"
