internal import Bytes

/// How pages look, and the policy that lets a browser believe this style and nothing else.
enum PageStyle {
    /// The one style sheet, which stands in every page.
    static let sheet: StaticString =
        """
        body{font:16px/1.5 system-ui,sans-serif;margin:1.5rem auto;max-width:60rem;padding:0 1rem;color:#1d2021;background:#fff}a{color:#0b57a4}h1{font-size:1.25rem;font-weight:600}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top;border-bottom:1px solid #e3e3e3}td,pre,code{font-family:ui-monospace,monospace;font-size:.9rem}pre{background:#f5f5f5;padding:.8rem;overflow:auto}nav{margin:.8rem 0}@media(prefers-color-scheme:dark){body{color:#ddd;background:#16181a}a{color:#7db7f0}th,td{border-color:#333}pre{background:#222527}}
        """

    /// No script, no image, no frame, no form; of styles only the sheet, by its SHA-256. A test computes it.
    static let policy: StaticString =
        """
        default-src 'none'; style-src 'sha256-y5B8I3BYLO59M2GV7w0mt4VVBlXznQ9dN05iJTuYkJ8='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """
}
