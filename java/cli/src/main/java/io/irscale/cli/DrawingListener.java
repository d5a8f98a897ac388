package io.irscale.cli;

import io.irscale.GenerationListener;
import java.util.List;

/** Passes on what a user should know while images are drawn, and ends the work when asked to. */
public abstract class DrawingListener implements GenerationListener {
    private static final int SHOWN_CUT = 200;

    private final RunSetup setup;
    private final String prompt;

    /** {@code prompt}: what to call it. */
    protected DrawingListener(RunSetup setup, String prompt) {
        this.setup = setup;
        this.prompt = prompt;
    }

    @Override
    public void promptCut(String encoder, String cut) {
        setup.progress()
                .noteOnce("%s is too long for %s, which does not see \"%s\""
                        .formatted(prompt, encoder, OneLine.shorten(cut, SHOWN_CUT)));
    }

    @Override
    public void promptUnknown(String encoder, List<String> words) {
        setup.progress()
                .noteOnce(
                        "warning: %s has words with characters or pieces that %s's vocabulary lacks and that it does not see: %s"
                                .formatted(prompt, encoder, OneLine.shorten(String.join(", ", words), SHOWN_CUT)));
    }

    @Override
    public void progress(long forwards, double best) {
        setup.interruption().check();
    }

    @Override
    public void smallerBatch(int rows) {
        setup.progress().note("the device ran out of memory; going on with %d candidates at a time".formatted(rows));
    }
}
