package dev.trimtab.token;

/**
 * The draft law's masses as far as they are known: exact within the shown candidates up to the common factor, the unseen
 * remainder at the least that it can be.
 *
 * @param drafts one probability per shown candidate
 * @param unseen the mass of everything that is not shown
 */
record Shares(double[] drafts, double unseen) {
    static Shares of(double[] shown, double[] logWeights, DraftLaw draft) {
        boolean plain = draft.temperature() == 1 || draft.shownLaw() == ShownLaw.DRAWN;
        double unseen = plain ? Support.unseenMass(shown) : 0;
        double[] drafts = LogSpace.softmax(logWeights);
        for (int i = 0; i < drafts.length; i++) {
            drafts[i] *= 1 - unseen;
        }
        return new Shares(drafts, drafts.length == 0 ? 1 : unseen);
    }
}
