package dev.trimtab.steering;

/**
 * What happened to one choice's tokens: drafted = kept + unsteered + discarded, emitted = kept + replaced + unsteered.
 *
 * @param drafted tokens that arrived from the upstream
 * @param kept drafted tokens that were scored and emitted
 * @param replaced tokens drawn from S and emitted in a draft's place
 * @param unsteered drafted tokens that were emitted without scoring
 * @param discarded drafted tokens that were not emitted
 * @param calls generation calls to the upstream, ends re-read aside
 * @param askedAgain drafts that were thinned and asked again
 * @param takenBack tokens that were decided and taken back before they were emitted, drafted or drawn from S
 * @param exhausted steps at which asking again came to nothing
 * @param endsReread ends whose candidates were read in a call of their own
 * @param resent tokens of the answer that all these calls went on behind, each of which read them anew
 */
public record Books(
        int drafted,
        int kept,
        int replaced,
        int unsteered,
        int discarded,
        int calls,
        int askedAgain,
        int takenBack,
        int exhausted,
        int endsReread,
        int resent) {

    public int emitted() {
        return kept + replaced + unsteered;
    }

    /** True where the identities between the counts hold. */
    public boolean balance() {
        return drafted == kept + unsteered + discarded;
    }
}
