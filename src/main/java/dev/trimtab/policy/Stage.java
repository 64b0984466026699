package dev.trimtab.policy;

/** How far a policy is rolled out. */
public enum Stage {
    /** Listed, but its requests are passed on as they are. */
    OFF,
    /** Steers every request that names it. */
    FULL
}
