package io.irscale.cli.report;

import io.irscale.search.Ledger;
import java.time.Duration;
import java.util.Locale;

/** What a search spends its time on. The colours are those that few strategies leave over. */
enum TimePart {
    TEXT(6),
    DENOISE(5),
    DECODE(4),
    SCORE(3),
    IDLE(7);

    private final int colour;

    TimePart(int colour) {
        this.colour = colour;
    }

    int colour() {
        return colour;
    }

    Duration of(Ledger.Times times) {
        return switch (this) {
            case TEXT -> times.text();
            case DENOISE -> times.denoise();
            case DECODE -> times.decode();
            case SCORE -> times.verify();
            case IDLE -> times.idle();
        };
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
