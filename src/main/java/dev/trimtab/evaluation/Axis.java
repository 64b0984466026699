package dev.trimtab.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Where figures lie on a plot.
 *
 * @param low the figure at {@code from}
 * @param high the figure at {@code to}
 * @param from in the plot's units
 * @param to in the plot's units
 */
record Axis(double low, double high, double from, double to) {
    private static final int MARKS = 5;
    /** Figures that differ by less are the same. */
    private static final double ROUNDING = 1e-6;

    /** Around figures, with some room at both ends. */
    static Axis around(List<Interval> figures, double from, double to) {
        double low = figures.stream().mapToDouble(Interval::low).min().orElse(0);
        double high = figures.stream().mapToDouble(Interval::high).max().orElse(1);
        if (high - low < ROUNDING) {
            high = low + 1;
        }
        double room = (high - low) * 0.06;
        return new Axis(low - room, high + room, from, to);
    }

    /** With zero in it. */
    Axis withZero() {
        return new Axis(Math.min(0, low), Math.max(0, high), from, to);
    }

    double at(double figure) {
        return from + (figure - low) / (high - low) * (to - from);
    }

    /** Round figures that lie on it. */
    List<Double> marks() {
        double step = step();
        List<Double> marks = new ArrayList<>();
        for (double mark = Math.ceil(low / step) * step; mark <= high + step * 1e-9; mark += step) {
            marks.add(Math.abs(mark) < step * 1e-9 ? 0 : mark);
        }
        return marks;
    }

    /** Digits behind the point that tell its marks apart. */
    int digits() {
        return (int) Math.max(0, -Math.floor(Math.log10(step()) + 1e-9));
    }

    private double step() {
        double rough = (high - low) / MARKS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double lead = rough / power;
        return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
    }
}
