package dev.trimtab.evaluation;

import java.util.Locale;

/** Figures as they are written. */
final class Figures {
    private Figures() {}

    static String number(double value, int digits) {
        String written = String.format(Locale.ROOT, "%." + digits + "f", value);
        return written.replace('-', '−');
    }

    static String percent(double share) {
        return number(100 * share, 1) + " %";
    }

    /** A figure with its interval. */
    static String interval(Interval interval, int digits) {
        return number(interval.value(), digits) + " [" + number(interval.low(), digits) + ", "
                + number(interval.high(), digits) + "]";
    }

    static String percent(Interval interval) {
        return number(100 * interval.value(), 1) + " % [" + number(100 * interval.low(), 1) + ", "
                + number(100 * interval.high(), 1) + "]";
    }

    static String pValue(double p) {
        return p < 0.001 ? "< 0.001" : number(p, 3);
    }
}
