package io.irscale.train;

import io.irscale.search.Candidate;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerOde;
import java.util.List;

/**
 * Draws candidates and looks at all of them on the way, without choosing.
 *
 * @param candidates how many
 * @param looks after how many evaluations, rising
 */
record PreviewTour(int candidates, List<Integer> looks) implements Strategy {
    @Override
    public String name() {
        return "tour";
    }

    @Override
    public void run(Search search) {
        List<Candidate> all = search.start(candidates);
        for (int look : looks) {
            search.denoise(all, look - 1, EulerOde.ODE);
            search.preview(all);
        }
        search.denoise(all, search.steps(), EulerOde.ODE);
        search.score(all);
        search.drop(all);
    }
}
