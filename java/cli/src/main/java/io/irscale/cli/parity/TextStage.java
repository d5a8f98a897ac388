package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.text.Clip;
import io.irscale.text.PromptEncoder;

/** The text encoders' states for the prompts. */
record TextStage() implements Stage {
    @Override
    public String name() {
        return "text";
    }

    @Override
    public void run(Pipeline pipeline, GoldenFolder goldens, Checks checks) {
        GoldenFile file = goldens.file(name());
        Manifest manifest = goldens.manifest();
        try (Scope scope = new Scope()) {
            // Opened once more, because the pipeline keeps only what FLUX takes from CLIP, the pooled state.
            Clip clip = scope.own(Clip.open(
                    goldens.path("pipeline/text_encoder"), pipeline.options().device(), dtype()));
            Clip.TextFeatures features = scope.own(clip.encodeText(Prompts.tokens(pipeline, manifest).stream()
                    .map(PromptEncoder.Tokens::clip)
                    .toList()));
            checks.compare(file.golden("clip.last_hidden"), Tolerance.STAGE, features.hidden());
            checks.compare(file.golden("clip.pooled"), Tolerance.STAGE, features.pooled());
            checks.compare(
                    file.golden("t5.last_hidden"),
                    Tolerance.T5,
                    Prompts.txt(scope, Prompts.encode(scope, pipeline, manifest, manifest.prompts())));
        }
    }
}
