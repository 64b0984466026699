package dev.trimtab;

import dev.trimtab.upstream.ProbeReport;
import dev.trimtab.upstream.ProbeReport.Finding;
import java.util.List;
import java.util.function.Function;

/** A probe's findings as a Markdown table. */
final class ProbeTable {
    private ProbeTable() {}

    static String text(ProbeReport report) {
        int names = width(report.findings(), Finding::name);
        int values = width(report.findings(), Finding::value);
        StringBuilder table = new StringBuilder(report.baseUrl() + ", model " + report.model() + ", " + report.calls()
                + " calls\n\n" + line("finding", names, "value", values, "how it was seen")
                + line("-".repeat(names), names, "-".repeat(values), values, "---"));
        report.findings()
                .forEach(finding ->
                        table.append(line(finding.name(), names, finding.value(), values, finding.evidence())));
        return table.toString();
    }

    private static int width(List<Finding> findings, Function<Finding, String> column) {
        return findings.stream().map(column).mapToInt(String::length).max().orElse(0);
    }

    private static String line(String name, int names, String value, int values, String evidence) {
        return "| " + padded(name, names) + " | " + padded(value, values) + " | " + evidence.replace("|", "\\|")
                + " |\n";
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
