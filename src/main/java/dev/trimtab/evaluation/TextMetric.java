package dev.trimtab.evaluation;

import java.util.List;

/**
 * A measure of how near texts are to references, made of counts that add up over segments, so that any resampling of the
 * segments is scored from the same counts.
 */
interface TextMetric {
    /** All that are reported: the two BLEUs, NIST, ROUGE-L, CIDEr and chrF2. */
    static List<TextMetric> all() {
        return List.of(Bleu.E2E, Bleu.SACRE, new Nist(), new RougeL(), new Cider(), new ChrF());
    }

    String name();

    /**
     * What each segment contributes, one row a segment, all rows of one length.
     *
     * @param segments the corpus; where a measure weighs n-grams by how rare they are, it is their references that say so
     */
    double[][] counts(List<Segment> segments);

    /** The score of summed rows, greater for nearer. */
    double score(double[] sums);

    default double score(List<Segment> segments) {
        return score(Counts.sum(counts(segments)));
    }
}
