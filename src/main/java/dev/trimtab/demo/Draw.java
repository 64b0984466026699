package dev.trimtab.demo;

import dev.trimtab.token.ShownLaw;

/**
 * A drawn token and the laws of its step.
 *
 * @param raw the model's own law
 * @param biased after the bias and the penalties
 * @param drawn what the token was drawn from: after temperature and truncation too
 */
record Draw(int id, Law raw, Law biased, Law drawn) {
    Law shown(ShownLaw which) {
        return switch (which) {
            case RAW -> raw;
            case BIASED -> biased;
            case DRAWN -> drawn;
        };
    }
}
