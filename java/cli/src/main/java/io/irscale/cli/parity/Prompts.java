package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.tensor.Tensor;
import io.irscale.text.PromptEncoder;
import io.irscale.text.TextEmbedding;
import io.irscale.text.TokenIds;
import java.util.List;

/** The manifest's prompts on their way to the transformer. */
final class Prompts {
    private Prompts() {}

    static List<PromptEncoder.Tokens> tokens(Pipeline pipeline, Manifest manifest) {
        return tokens(pipeline, manifest, manifest.prompts());
    }

    private static List<PromptEncoder.Tokens> tokens(Pipeline pipeline, Manifest manifest, List<String> prompts) {
        return prompts.stream()
                .map(prompt -> pipeline.text().tokenize(prompt, manifest.maxSequenceLength()))
                .toList();
    }

    /** Ids of all prompts one after another; every id is exact in a float. */
    static float[] ids(List<TokenIds> prompts) {
        int length = prompts.stream().mapToInt(TokenIds::length).sum();
        float[] flat = new float[length];
        int at = 0;
        for (TokenIds prompt : prompts) {
            for (int id : prompt.ids()) {
                flat[at++] = id;
            }
        }
        return flat;
    }

    /** Encodes {@code prompts} in one batch. */
    static List<TextEmbedding> encode(Scope scope, Pipeline pipeline, Manifest manifest, List<String> prompts) {
        List<TextEmbedding> embeddings = pipeline.text().encode(tokens(pipeline, manifest, prompts));
        embeddings.forEach(scope::own);
        return embeddings;
    }

    /** (n, L, joint_dim). */
    static Tensor txt(Scope scope, List<TextEmbedding> embeddings) {
        return scope.own(
                Tensor.concat(embeddings.stream().map(TextEmbedding::txt).toList()));
    }

    /** (n, pooled_dim). */
    static Tensor vec(Scope scope, List<TextEmbedding> embeddings) {
        return scope.own(
                Tensor.concat(embeddings.stream().map(TextEmbedding::vec).toList()));
    }
}
