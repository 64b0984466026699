package dev.trimtab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Markdown table, row by row. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        row(heads);
        rows.add(rows.get(0).stream().map(head -> "---").toList());
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    String markdown() {
        return rows.stream()
                .map(cells -> cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")))
                .collect(Collectors.joining());
    }
}
