#include "models/tiled_forward.h"

#include <algorithm>
#include <cstring>

#include "models/plan.h"
#include "parallel.h"
#include "switches.h"
#include "team.h"
#include "tile_attention.h"
#include "tile_linear.h"
#include "torch/ops.h"
#include "torch/rows.h"
#include "torch/threads.h"

namespace irs {

namespace {

constexpr float kEps = 1e-6F;

// In T: float or bf16. Queries, keys and values lie like x.
template <typename T>
class TiledForward : public Stages {
public:
    TiledForward(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning)
        : flux_(flux),
          cond_(conditioning),
          groups_(groups_of(rows)),
          n_(static_cast<int64_t>(rows.size())),
          txt_tokens_(conditioning.txts[0].size(1)),
          img_tokens_(rows[0].plan->img_tokens),
          q_(take()),
          k_(take()),
          v_(take()) {}

    Tensor begin(const Tensor& latents) const override {
        const Team::Shift awake(team());
        Tensor x = Tensor::empty({n_, tokens(), flux_.width()}, flux_.dtype(), flux_.device());
        const std::vector<const T*> from = txt_by_row();
        const RowsOf<T> to = txt_of(x);
        parallel_for(n_, 1, [&](int64_t first, int64_t last) {
            const auto bytes = static_cast<size_t>(txt_tokens_ * flux_.width()) * sizeof(T);
            for (int64_t b = first; b < last; b++) std::memcpy(to[b * txt_tokens_], from[static_cast<size_t>(b)], bytes);
        });
        const bool as_is = latents.device().is_cpu() && (latents.dtype() == DType::f32 || latents.dtype() == flux_.dtype());
        const Tensor img = as_is ? latents : latents.to(flux_.device(), flux_.dtype());
        const tiles::Rows in = rows(img_tokens_, flux_.config().in_channels);
        by_type(img, [&](auto type) { in.put(rows_of<const decltype(type)>(img), 0, in.width); });
        tiles::linear<T>({{products({{&flux_.x_embedder(), &in}})[0], img_of(x)}}, 0, kEps);
        return x;
    }

    void blocks(Tensor& x, size_t first, size_t last, Trace* trace) const override {
        const Team::Shift awake(team());
        const size_t doubles = flux_.double_blocks().size();
        const RowsOf<T> all = rows_of<T>(x);
        const int64_t d = flux_.width();
        if (first < doubles) {
            const int64_t mlp = flux_.double_blocks()[0].img.mlp_in.weight.size(0);
            const OfDouble between{rows(img_tokens_, d), rows(txt_tokens_, d), rows(img_tokens_, mlp), rows(txt_tokens_, mlp)};
            for (size_t i = first; i < std::min(last, doubles); i++) {
                double_block(i, all, between);
                if (trace != nullptr) record(*trace, join("double.", i), x);
            }
        }
        if (last > doubles) {
            const int64_t mlp = flux_.single_blocks()[0].mlp.weight.size(0);
            const OfSingle between{rows(tokens(), d), rows(tokens(), d + mlp)};
            for (size_t i = std::max(first, doubles); i < last; i++) {
                single_block(i - doubles, all, between);
                if (trace != nullptr) record(*trace, join("single.", i - doubles), x);
            }
        }
    }

    Tensor finish(const Tensor& x) const override {
        const Team::Shift awake(team());
        const tiles::Rows in = rows(img_tokens_, flux_.width());
        const size_t scale = columns::of_single(flux_.double_blocks().size(), flux_.single_blocks().size());
        tiles::put_modulated<T>({{img_of(x).read(), vectors(scale), vectors(scale + 1), &in}}, kEps);
        const Tensor out = Tensor::empty({n_, img_tokens_, flux_.config().out_channels}, flux_.dtype(), flux_.device());
        tiles::linear<T>({{products({{&flux_.proj_out(), &in}})[0], rows_of<T>(out)}}, 0, kEps);
        return out;
    }

private:
    // What layers of a block leave for the next ones.
    struct OfDouble {
        tiles::Rows img_in, txt_in, img_hidden, txt_hidden;
    };
    struct OfSingle {
        tiles::Rows in, hidden;
    };
    struct Factors {
        const Linear* layer;
        const tiles::Rows* in;
    };
    // A part of x, with the first of the columns that modulate it.
    struct Normed {
        size_t column;
        const tiles::Rows* to;
        RowsOf<T> x;
    };
    struct Gated {
        size_t column;
        const Linear* layer;
        const tiles::Rows* in;
        RowsOf<T> x;
    };

    void double_block(size_t index, const RowsOf<T>& x, const OfDouble& between) const {
        const auto& [img_in, txt_in, img_hidden, txt_hidden] = between;
        const RowsOf<T> txt = txt_of(x), img = img_of(x);
        const auto& [i, t] = flux_.double_blocks()[index];
        const size_t of_img = columns::of_double(index), of_txt = of_img + columns::kOfStream;
        normed({{of_txt, &txt_in, txt}, {of_img, &img_in, img}});
        {
            const std::vector<tiles::Product> by = products({{&t.q, &txt_in},
                                                             {&i.q, &img_in},
                                                             {&t.k, &txt_in},
                                                             {&i.k, &img_in},
                                                             {&t.v, &txt_in},
                                                             {&i.v, &img_in}});
            tiles::linear<T>({{by[0], txt_of(q_), weight(t.norm_q), turns(0)},
                              {by[1], img_of(q_), weight(i.norm_q), turns(txt_tokens_)},
                              {by[2], txt_of(k_), weight(t.norm_k), turns(0)},
                              {by[3], img_of(k_), weight(i.norm_k), turns(txt_tokens_)},
                              {by[4], txt_of(v_)},
                              {by[5], img_of(v_)}},
                             flux_.config().head_dim, kEps);
        }
        attend({{0, txt_tokens_, &txt_in}, {txt_tokens_, img_tokens_, &img_in}});
        gated({{of_txt, &t.out, &txt_in, txt}, {of_img, &i.out, &img_in, img}});

        const size_t img_mlp = of_img + columns::kOfModulation, txt_mlp = of_txt + columns::kOfModulation;
        normed({{txt_mlp, &txt_in, txt}, {img_mlp, &img_in, img}});
        {
            const std::vector<tiles::Product> by = products({{&t.mlp_in, &txt_in}, {&i.mlp_in, &img_in}});
            tiles::linear_gelu({{by[0], &txt_hidden, 0}, {by[1], &img_hidden, 0}});
        }
        gated({{txt_mlp, &t.mlp_out, &txt_hidden, txt}, {img_mlp, &i.mlp_out, &img_hidden, img}});
    }

    void single_block(size_t index, const RowsOf<T>& x, const OfSingle& between) const {
        const auto& [in, hidden] = between;
        const SingleBlock& block = flux_.single_blocks()[index];
        const size_t first = columns::of_single(flux_.double_blocks().size(), index);
        normed({{first, &in, x}});
        const std::vector<tiles::Product> by =
            products({{&block.q, &in}, {&block.k, &in}, {&block.v, &in}, {&block.mlp, &in}});
        tiles::linear<T>({{by[0], whole(q_), weight(block.norm_q), turns(0)},
                          {by[1], whole(k_), weight(block.norm_k), turns(0)},
                          {by[2], whole(v_)}},
                         flux_.config().head_dim, kEps);
        tiles::linear_gelu({{by[3], &hidden, flux_.width()}});
        attend({{0, tokens(), &hidden}});
        gated({{first, &block.out, &hidden, x}});
    }

    void record(Trace& trace, const std::string& block, const Tensor& x) const {
        const auto part = [&](int64_t first, int64_t count) {
            return ops::narrow(x, 1, first, count).copy(flux_.device(), flux_.dtype());
        };
        trace.put(block + ".txt", part(0, txt_tokens_));
        trace.put(block + ".img", part(txt_tokens_, img_tokens_));
    }

    // Where every row's txt begins; its tokens lie side by side.
    std::vector<const T*> txt_by_row() const {
        std::vector<const T*> out;
        for (const Tensor& txt : cond_.txts) {
            const int64_t rows = txt.size(0);
            for (int64_t b = 0; b < rows; b++) {
                out.push_back(static_cast<const T*>(txt.data()) + b * txt_tokens_ * flux_.width());
            }
        }
        if (out.size() == 1) out.resize(static_cast<size_t>(n_), out[0]);
        return out;
    }

    int64_t tokens() const { return txt_tokens_ + img_tokens_; }

    Workspace::Lease take() const {
        return flux_.workspace().take(static_cast<size_t>(n_ * tokens() * flux_.width()) * sizeof(T));
    }

    RowsOf<T> whole(const Workspace::Lease& memory) const {
        return {static_cast<T*>(memory.get()), n_, tokens(), tokens() * flux_.width(), flux_.width()};
    }
    RowsOf<T> txt_of(const RowsOf<T>& x) const { return x.part(0, txt_tokens_); }
    RowsOf<T> img_of(const RowsOf<T>& x) const { return x.part(txt_tokens_, img_tokens_); }
    RowsOf<T> txt_of(const Tensor& x) const { return txt_of(rows_of<T>(x)); }
    RowsOf<T> img_of(const Tensor& x) const { return img_of(rows_of<T>(x)); }
    RowsOf<T> txt_of(const Workspace::Lease& memory) const { return txt_of(whole(memory)); }
    RowsOf<T> img_of(const Workspace::Lease& memory) const { return img_of(whole(memory)); }

    tiles::Rows rows(int64_t of_tokens, int64_t width) const {
        return tiles::Rows(flux_.workspace(), n_ * of_tokens, width, tiles::format_of<T>());
    }

    static const T* weight(const Tensor& norm) { return static_cast<const T*>(norm.data()); }

    // (cos, sin) of each pair from token `first` on.
    const float* turns(int64_t first) const {
        return static_cast<const float*>(cond_.rope.data()) + first * flux_.config().head_dim;
    }

    TableOf<T> vectors(size_t column) const { return cond_.modulations.vectors<T>(column); }

    void normed(const std::vector<Normed>& all) const {
        std::vector<tiles::Modulated<T>> jobs;
        jobs.reserve(all.size());
        for (const auto& [column, to, x] : all) {
            jobs.push_back({x.read(), vectors(column + columns::kScale), vectors(column + columns::kShift), to});
        }
        tiles::put_modulated(jobs, kEps);
    }

    void gated(const std::vector<Gated>& all) const {
        std::vector<Factors> factors;
        factors.reserve(all.size());
        for (const Gated& each : all) factors.push_back({each.layer, each.in});
        const std::vector<tiles::Product> by = products(factors);
        std::vector<tiles::Gated<T>> jobs;
        jobs.reserve(all.size());
        for (size_t i = 0; i < all.size(); i++) {
            jobs.push_back({by[i], vectors(all[i].column + columns::kGate), all[i].x});
        }
        tiles::linear_gated(jobs);
    }

    // With the branches of the rows' run-time LoRAs, whose low sides are computed here.
    std::vector<tiles::Product> products(const std::vector<Factors>& factors) const {
        std::vector<tiles::Product> out;
        out.reserve(factors.size());
        std::vector<tiles::Lowered> low_sides;
        for (const auto& [layer, in] : factors) {
            out.push_back({in, &layer->tiles()});
            const int64_t of_row = in->count / n_;
            for (const Layers::Group& group : groups_) {
                for (const Applied& applied : *group.adapters) {
                    const Update* update = applied.find(layer->name);
                    if (update == nullptr) continue;
                    const LowRank& term = *update->low_rank();
                    const auto low = std::make_shared<const tiles::Rows>(rows(of_row, term.a.size(0)));
                    const int64_t first = group.begin * of_row, count = group.count * of_row;
                    const auto scale = static_cast<float>(applied.scale * update->scale);
                    low_sides.push_back({{in, &term.down.tiles()}, scale, low.get(), first, count});
                    out.back().branches.push_back({low, &term.up.tiles(), first, count});
                }
            }
        }
        if (!low_sides.empty()) tiles::linear_low(low_sides);
        return out;
    }

    void attend(const std::vector<tiles::Attended>& to) const {
        const int64_t heads = flux_.config().heads, head_dim = flux_.config().head_dim;
        if (runs(Kernel::tile_attention)) {
            tiles::attention<T>(whole(q_).read(), whole(k_).read(), whole(v_).read(), heads, head_dim, to);
            return;
        }
        const auto by_head = [&](const Workspace::Lease& memory) {
            return ops::transpose(Tensor::wrap(memory.get(), {n_, tokens(), heads, head_dim}, flux_.dtype()), 1, 2);
        };
        const Tensor attended = ops::attention(by_head(q_), by_head(k_), by_head(v_), Tensor(), false, std::nullopt);
        const Tensor out = ops::reshape(ops::transpose(attended, 1, 2), {n_, tokens(), flux_.width()});
        for (const tiles::Attended& part : to) {
            part.rows->put(rows_of<const T>(out).part(part.first, part.count), 0, flux_.width());
        }
    }

    const Flux& flux_;
    const Conditioning& cond_;
    const std::vector<Layers::Group> groups_;
    const int64_t n_, txt_tokens_, img_tokens_;
    const Workspace::Lease q_, k_, v_;
};

}  // namespace

bool tiles_serve(const Flux& flux, const std::vector<Row>& rows) {
    if (!outside_graph() || flux.trainable() || flux.fp8()) return false;
    if (!flux.device().is_cpu()) return false;
    if (flux.dtype() != DType::f32 && flux.dtype() != DType::bf16) return false;
    for (const Row& row : rows) {
        if (!only_low_rank(*row.plan->adapters)) return false;
        for (const Applied& applied : *row.plan->adapters) {
            if (applied.lora->trainable()) return false;
        }
    }
    if (!flux.fits_in_tiles()) return false;
    const bool fits = flux.width() % tiles::kEdge == 0 && flux.config().head_dim % 16 == 0;
    return fits && runs(Kernel::tile_linear) && runs(Kernel::layer_norm_modulate) && runs(Kernel::gated_residual) &&
           runs(Kernel::qk_norm_rope);
}

std::unique_ptr<Stages> tiled_stages(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning) {
    called(Kernel::tile_linear);
    if (runs(Kernel::tile_attention)) called(Kernel::tile_attention);
    if (flux.dtype() == DType::f32) return std::make_unique<TiledForward<float>>(flux, rows, conditioning);
    return std::make_unique<TiledForward<bf16>>(flux, rows, conditioning);
}

}  // namespace irs
