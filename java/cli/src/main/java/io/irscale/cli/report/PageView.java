package io.irscale.cli.report;

import io.irscale.verify.Member;

/**
 * The page around the prompts.
 *
 * @param version of irscale
 * @param style the style sheet
 * @param prompts how many there are, in words
 * @param head what holds for all
 * @param sections of the prompts, as HTML
 * @param left prompts without a section
 */
record PageView(String version, String style, String prompts, ReportHead head, String sections, int left) {
    /** Whether nobody checks the verifiers that were optimised. */
    boolean unchecked() {
        return head.scored() && head.members().stream().noneMatch(Member::heldOut);
    }

    boolean cut() {
        return left > 0;
    }
}
