# What the studies share: `out` is their folder, and tables go to standard output. Needs jq.
mkdir -p "$out"

trimtab() { java -jar target/trimtab.jar "$@" >> "$out/log" 2>&1; }
asking() { trimtab "$@" --cache "$out/shown"; }

# A number with so many digits behind the point.
digits='
    def digits(n): (. * pow(10; n) | round) as $whole
        | ($whole | fabs | tostring) as $all
        | ("0" * (n + 1 - ($all | length)) + $all) as $all
        | (if $whole < 0 then "−" else "" end) + $all[:-n] + "." + $all[-n:];'

# An evaluation's rows, the unsteered upstream's left out: its folder, what stands before each.
rows() {
    jq -r --arg first "$2" "$digits"'
        def range: (.value | digits(3)) + " [" + (.low | digits(3)) + ", " + (.high | digits(3)) + "]";
        .results[1:][] | .aim.nats_per_token as $nats
        | "| \($first) | \(.name) | \($nats.interval | range) | \($nats.difference.interval | range)"
            + " | \(.aim.suppressed.value * 100 | digits(1)) % |"' "$out/$1.report/evaluation.json"
}

head() {
    printf '\n| %s | | nats/token | difference | do not stand |\n| --- | --- | --- | --- | --- |\n' "$1"
}
