package dev.trimtab.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Plots as SVG that takes its colours from the page. */
final class Plots {
    private static final double WIDTH = 460;
    private static final double HEIGHT = 300;
    private static final double LEFT = 46;
    private static final double RIGHT = 120;
    private static final double TOP = 12;
    private static final double BOTTOM = 40;
    private static final double LINE = 14;
    private static final double ROW = 26;
    /** Characters that fit beside a plot. */
    private static final int LABEL = 15;

    /**
     * One point or bar.
     *
     * @param across where it lies across; of a bar nothing
     * @param figure with its interval
     * @param own whether it is the policy's
     */
    record Mark(String name, double across, Interval figure, boolean own) {}

    private Plots() {}

    /**
     * Points with upright intervals, a label at each.
     *
     * @param across what the horizontal axis says
     * @param up what the vertical one says
     */
    static String scatter(List<Mark> marks, String across, String up) {
        List<Interval> places = marks.stream()
                .map(mark -> new Interval(mark.across(), mark.across(), mark.across()))
                .toList();
        Axis x = Axis.around(places, LEFT, WIDTH - RIGHT).withZero();
        Axis y = Axis.around(marks.stream().map(Mark::figure).toList(), HEIGHT - BOTTOM, TOP);
        StringBuilder svg = new StringBuilder(opened(HEIGHT, up + " against " + across));
        for (double mark : y.marks()) {
            svg.append(line("grid", LEFT, y.at(mark), WIDTH - RIGHT, y.at(mark)));
            svg.append(words("tick end", LEFT - 6, y.at(mark) + 4, Figures.number(mark, y.digits())));
        }
        for (double mark : x.marks()) {
            svg.append(words("tick middle", x.at(mark), HEIGHT - BOTTOM + 16, Figures.number(mark, x.digits())));
        }
        svg.append(line("axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM));
        svg.append(words("title middle", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, across));
        List<Mark> downwards = new ArrayList<>(marks);
        downwards.sort(Comparator.comparingDouble(mark -> y.at(mark.figure().value())));
        double[] labels = apart(downwards.stream()
                .mapToDouble(mark -> y.at(mark.figure().value()))
                .toArray());
        for (int i = 0; i < labels.length; i++) {
            svg.append(point(downwards.get(i), x, y, labels[i]));
        }
        return svg.append("</svg>\n").toString();
    }

    /** Heights from the top down, moved apart by a line and kept above the axis. */
    private static double[] apart(double[] heights) {
        double[] moved = heights.clone();
        for (int i = 1; i < moved.length; i++) {
            moved[i] = Math.max(moved[i], moved[i - 1] + LINE);
        }
        double lowest = HEIGHT - BOTTOM;
        for (int i = moved.length - 1; i >= 0; i--) {
            moved[i] = Math.min(moved[i], lowest);
            lowest = moved[i] - LINE;
        }
        return moved;
    }

    private static String point(Mark mark, Axis x, Axis y, double labelled) {
        String kind = mark.own() ? " own" : "";
        double across = x.at(mark.across());
        double height = y.at(mark.figure().value());
        return "<g class=\"mark" + kind + "\">"
                + line(
                        "interval",
                        across,
                        y.at(mark.figure().low()),
                        across,
                        y.at(mark.figure().high()))
                + title(mark, 3)
                + format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>", across, height)
                + line("lead", across + 6, height, WIDTH - RIGHT + 6, labelled)
                + words("label", WIDTH - RIGHT + 9, labelled + 4, label(mark.name()))
                + "</g>";
    }

    /** Bars from zero with intervals, one below the other. */
    static String bars(List<Mark> marks, String along, int digits) {
        double height = TOP + ROW * marks.size() + BOTTOM;
        Axis x = Axis.around(marks.stream().map(Mark::figure).toList(), RIGHT, WIDTH - LEFT)
                .withZero();
        StringBuilder svg = new StringBuilder(opened(height, along));
        for (double mark : x.marks()) {
            svg.append(line("grid", x.at(mark), TOP, x.at(mark), height - BOTTOM));
            svg.append(words("tick middle", x.at(mark), height - BOTTOM + 16, Figures.number(mark, x.digits())));
        }
        svg.append(line("axis", x.at(0), TOP, x.at(0), height - BOTTOM));
        svg.append(words("title middle", (RIGHT + WIDTH - LEFT) / 2, height - 6, along));
        for (int i = 0; i < marks.size(); i++) {
            svg.append(bar(marks.get(i), x, TOP + ROW * i + ROW / 2, digits));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String bar(Mark mark, Axis x, double middle, int digits) {
        double zero = x.at(0);
        double end = x.at(mark.figure().value());
        String kind = mark.own() ? " own" : "";
        return "<g class=\"mark" + kind + "\">"
                + title(mark, digits)
                + format(
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"14\" rx=\"2\"/>",
                        Math.min(zero, end), middle - 7, Math.max(1, Math.abs(end - zero)))
                + line(
                        "interval",
                        x.at(mark.figure().low()),
                        middle,
                        x.at(mark.figure().high()),
                        middle)
                + words("label end", RIGHT - 8, middle + 4, label(mark.name()))
                + words(
                        "value",
                        WIDTH - LEFT + 5,
                        middle + 4,
                        Figures.number(mark.figure().value(), digits))
                + "</g>";
    }

    private static String title(Mark mark, int digits) {
        return "<title>" + Html.text(mark.name() + ": " + Figures.interval(mark.figure(), digits)) + "</title>";
    }

    /** A name's two ends where it is too long: policies of one run often differ in the last part. */
    private static String label(String name) {
        int end = (LABEL - 1) / 2;
        return name.length() <= LABEL ? name : name.substring(0, end) + "…" + name.substring(name.length() - end);
    }

    private static String opened(double height, String says) {
        return format("<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", WIDTH, height) + Html.text(says)
                + "\">\n";
    }

    private static String line(String kind, double x1, double y1, double x2, double y2) {
        return format("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", kind, x1, y1, x2, y2);
    }

    private static String words(String kind, double x, double y, String text) {
        return format("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", kind, x, y) + Html.text(text) + "</text>";
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
