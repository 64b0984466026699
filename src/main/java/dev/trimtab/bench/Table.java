package dev.trimtab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    /** A number as it is written, everywhere alike. */
    static String number(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }

    String markdown() {
        return rows.stream()
                .map(cells -> cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")))
                .collect(Collectors.joining());
    }
}
