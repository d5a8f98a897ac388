package io.irscale.search;

/** Seeds of the noise drawn on the way: they depend on who draws and how often before, not on batches or threads. */
final class NoiseSeeds {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private NoiseSeeds() {}

    /** The seed of a candidate's next draw, which counts as made. */
    static long next(long searchSeed, Candidate candidate) {
        long seed = of(searchSeed, candidate);
        candidate.draws++;
        return seed;
    }

    /** The seed of a candidate's next draw; 32 bits, as many as the generator takes. */
    static long of(long searchSeed, Candidate candidate) {
        long mixed = mix(searchSeed + GOLDEN_GAMMA);
        mixed = mix(mixed + candidate.id() * GOLDEN_GAMMA);
        return mix(mixed + candidate.draws * GOLDEN_GAMMA) >>> 32;
    }

    // The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
