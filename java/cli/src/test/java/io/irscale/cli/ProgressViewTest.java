package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressViewTest {
    @Test
    void timeLeftIsOfThisProcessAlone() {
        long twenty = Duration.ofSeconds(20).toNanos();
        assertThat(ProgressView.nanosLeft(twenty, 40, 3000)).isEqualTo(75 * twenty);
        // forwards and nanoseconds multiplied would not fit into a long
        long day = Duration.ofDays(1).toNanos();
        assertThat(ProgressView.nanosLeft(day, 1_000_000_000, 3_000_000_000L)).isEqualTo(3 * day);
    }

    @Test
    void saysWhereItGoesOn() {
        StringWriter err = new StringWriter();
        try (ProgressView view = ProgressView.ofSteps(new PrintWriter(err), 100)) {
            view.goesOnAfter(60);
            view.reached(61, Double.NaN);
        }
        assertThat(err.toString()).isEqualTo("irscale: goes on after step 60\n");
    }
}
