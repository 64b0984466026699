package dev.trimtab.evaluation;

import dev.trimtab.evaluation.Comparison.Shown;
import dev.trimtab.evaluation.Plots.Mark;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An evaluation as one page that needs nothing but itself. */
final class ReportPage {
    private final Evaluation evaluation;

    private ReportPage(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    static String of(Evaluation evaluation) throws IOException {
        return new ReportPage(evaluation).html();
    }

    private String html() throws IOException {
        String name = Html.text(evaluation.provenance().policy());
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><title>" + name
                + ", evaluated</title><style>\n" + style() + "</style></head>\n<body><main>\n<h1>" + name
                + ", evaluated</h1>\n<p class=\"soft\">" + Html.text(Facts.subject(evaluation)) + "</p>\n" + tiles()
                + plots() + tables() + comparisons() + remarks() + facts() + "</main></body></html>\n";
    }

    private static String style() throws IOException {
        try (InputStream css = Objects.requireNonNull(ReportPage.class.getResourceAsStream("/evaluation/report.css"))) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String tiles() {
        return "<div class=\"tiles\">"
                + Facts.headline(evaluation).entrySet().stream()
                        .map(fact -> "<div class=\"tile\"><b>" + Html.text(fact.getValue()) + "</b><span>"
                                + Html.text(fact.getKey()) + "</span></div>")
                        .collect(Collectors.joining())
                + "</div>\n";
    }

    private String plots() {
        List<Mark> tradeOff = marks(
                result -> 100 * result.aim().suppressed().value(),
                result -> result.aim().natsPerToken().interval());
        List<Mark> gains = marks(result -> 0, ReportPage::gain);
        List<Mark> nearness = marks(
                result -> 0,
                result -> Objects.requireNonNull(result.texts().get("chrF2")).interval());
        return "<h2>What it gains, and for what</h2>\n<div class=\"plots\">"
                + figure(
                        "whole",
                        "Nats per token of the wanted answers (lower is better) against how many drafted tokens"
                                + " do not stand; lines are 95 % intervals.",
                        Plots.scatter(tradeOff, "drafted tokens that do not stand, %", "nats/token"))
                + figure(
                        "", "Gain over the unsteered model, nats per token.", Plots.bars(gains, "nats/token gained", 3))
                + figure(
                        "",
                        "Nearness of what is written to the wanted answers, chrF2.",
                        Plots.bars(nearness, "chrF2", 1))
                + "</div>\n";
    }

    private static Interval gain(Result result) {
        Difference difference = result.aim().natsPerToken().difference();
        if (difference == null) {
            return new Interval(0, 0, 0);
        }
        Interval interval = difference.interval();
        return new Interval(-interval.value(), -interval.high(), -interval.low());
    }

    private List<Mark> marks(Function<Result, Number> across, Function<Result, Interval> figure) {
        return evaluation.results().stream()
                .map(result -> new Mark(
                        result.name(),
                        across.apply(result).doubleValue(),
                        figure.apply(result),
                        result.name().equals(evaluation.policy().name())))
                .toList();
    }

    private static String figure(String kind, String caption, String svg) {
        return "<figure class=\"" + kind + "\"><figcaption>" + Html.text(caption) + "</figcaption>" + svg + "</figure>";
    }

    private String tables() {
        return Grids.of(evaluation).stream()
                .map(grid -> "<h2>" + Html.text(grid.title()) + "</h2>\n<p class=\"soft\">" + Html.text(grid.says())
                        + "</p>\n" + grid.html())
                .collect(Collectors.joining());
    }

    private String comparisons() {
        return "<h2>Before and after</h2>\n<p class=\"soft\">Marked: tokens that were put in the place of the struck-out"
                + " ones. What follows a marked token the upstream wrote itself. Underlined: words that the unsteered answer"
                + " does not have there.</p>\n"
                + evaluation.comparisons().stream().map(this::pair).collect(Collectors.joining());
    }

    private String pair(Comparison one) {
        return "<div class=\"pair\"><div class=\"soft\">" + Html.text(one.question()) + "</div><dl>"
                + entry("unsteered", Html.text(one.unsteered()))
                + entry(evaluation.policy().name(), tokens(one))
                + entry("wanted", Html.text(one.reference())) + "</dl></div>\n";
    }

    private static String tokens(Comparison one) {
        String text = one.steered().stream().map(Shown::text).collect(Collectors.joining());
        BitSet other = OtherWords.in(text, one.unsteered());
        StringBuilder html = new StringBuilder();
        int at = 0;
        for (Shown token : one.steered()) {
            int end = at + token.text().length();
            html.append(token(token, !other.get(at, end).isEmpty()));
            at = end;
        }
        return html.toString();
    }

    private static String token(Shown token, boolean other) {
        if (!token.replaced()) {
            return other ? "<u>" + Html.text(token.text()) + "</u>" : Html.text(token.text());
        }
        String drafted = token.drafted().isBlank() ? "␄" : token.drafted().strip();
        String emitted = token.text().isEmpty() ? "␄" : token.text();
        String space = emitted.startsWith(" ") ? " " : "";
        return space + "<mark>" + Html.text(emitted.strip()) + "<s>" + Html.text(drafted) + "</s></mark>";
    }

    private static String entry(String name, String html) {
        return "<dt>" + Html.text(name) + "</dt><dd>" + html + "</dd>";
    }

    private String remarks() {
        if (evaluation.remarks().isEmpty()) {
            return "";
        }
        return "<h2>To be kept in mind</h2>\n<ul>"
                + evaluation.remarks().stream()
                        .map(remark -> "<li>" + Html.text(remark) + "</li>")
                        .collect(Collectors.joining())
                + "</ul>\n";
    }

    private String facts() {
        StringBuilder html = new StringBuilder("<h2>Where the figures come from</h2>\n<dl class=\"facts\">");
        for (Map.Entry<String, String> fact : Facts.provenance(evaluation).entrySet()) {
            html.append(entry(fact.getKey(), Html.text(fact.getValue())));
        }
        return html.append("</dl>\n").toString();
    }
}
