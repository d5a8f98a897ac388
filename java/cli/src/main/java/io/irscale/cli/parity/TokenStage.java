package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.text.PromptEncoder;
import io.irscale.text.TokenIds;
import java.util.List;
import java.util.function.Function;

/** The prompts' ids for both encoders. */
record TokenStage() implements Stage {
    @Override
    public String name() {
        return "token_ids";
    }

    @Override
    public void run(Pipeline pipeline, GoldenFolder goldens, Checks checks) {
        GoldenFile file = goldens.file(name());
        List<PromptEncoder.Tokens> tokens = Prompts.tokens(pipeline, goldens.manifest());
        checks.compare(file.golden("clip_ids"), Tolerance.EXACT, ids(tokens, PromptEncoder.Tokens::clip));
        checks.compare(file.golden("t5_ids"), Tolerance.EXACT, ids(tokens, PromptEncoder.Tokens::t5));
    }

    private static float[] ids(List<PromptEncoder.Tokens> prompts, Function<PromptEncoder.Tokens, TokenIds> encoder) {
        return Prompts.ids(prompts.stream().map(encoder).toList());
    }
}
