package dev.trimtab.evaluation;

/** Arithmetic on rows of counts. */
final class Counts {
    private Counts() {}

    /** The sum of rows of one length. */
    static double[] sum(double[][] rows) {
        double[] sums = new double[rows.length == 0 ? 0 : rows[0].length];
        for (double[] row : rows) {
            add(sums, row);
        }
        return sums;
    }

    static void add(double[] sums, double[] row) {
        for (int i = 0; i < row.length; i++) {
            sums[i] += row[i];
        }
    }
}
