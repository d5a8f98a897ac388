package io.irscale;

import io.irscale.search.Ledger;
import io.irscale.search.Scored;
import java.time.Duration;
import java.util.List;

/**
 * The outcome of a request.
 *
 * @param request what was asked
 * @param ranked every candidate, best first
 * @param cost exact counts
 * @param text time spent on tokens, text encoders and plans
 * @param total time from start to end
 */
public record Generation(
        GenerateRequest request, List<Scored> ranked, Ledger.Counts cost, Duration text, Duration total) {}
