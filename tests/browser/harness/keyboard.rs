//! A cardholder with a keyboard only.

use std::collections::BTreeSet;

use thirtyfour::Key;

use super::Harness;

/// More elements than a page has that can be focused.
const MOST_STEPS: usize = 80;

/// The focused element: whether the selector matches it, and what is wrong with how its focus is shown. The outline has to contrast
/// with what is behind it by 3:1 (WCAG 1.4.11).
const FOCUSED: &str = r"
    const [element, style] = [document.activeElement, getComputedStyle(document.activeElement)];
    if (element === document.body) return [false, null, ''];
    const pixel = (color) => {
        const context = document.createElement('canvas').getContext('2d');
        [context.fillStyle] = [color];
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (color) => pixel(color).slice(0, 3).map((it) => it / 255)
        .map((it) => (it <= .04045 ? it / 12.92 : ((it + .055) / 1.055) ** 2.4))
        .reduce((sum, it, at) => sum + it * [.2126, .7152, .0722][at], 0);
    let behind = element.parentElement;
    while (behind.parentElement && pixel(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
    const colors = [style.outlineColor, getComputedStyle(behind).backgroundColor].map(luminance).sort((a, b) => b - a);
    const contrast = (colors[0] + .05) / (colors[1] + .05);
    const box = element.getBoundingClientRect();
    const isInView = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    const isOutlined = element.matches(':focus-visible') && style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2;
    const problem = !isInView ? 'is outside of the viewport' : !isOutlined ? 'has no outline'
        : contrast < 3 ? `has an outline with a contrast of ${contrast.toFixed(1)}` : null;
    return [element.matches(SELECTOR), problem, element.outerHTML.slice(0, 200)];";

impl Harness {
    /// Presses a key.
    pub(crate) async fn press_key(&self, key: Key) {
        self.driver.action_chain().send_keys(key).perform().await.expect("a key");
    }

    /// Presses Tab until an element of this selector has the focus. Each element on the way has to show its focus.
    pub(crate) async fn tab_to(&self, css: &str) {
        self.find(css).await;
        let mut passed = BTreeSet::new();
        for _ in 0..MOST_STEPS {
            self.press_key(Key::Tab).await;
            let focused = self.execute(&FOCUSED.replace("SELECTOR", &format!("{css:?}"))).await;
            assert!(focused[1].is_null(), "{} {}", focused[2], focused[1]);
            if focused[0] == true {
                return;
            }
            passed.insert(focused[2].to_string());
        }
        panic!("Tab does not reach {css}, only {passed:#?}");
    }

    /// Moves the focus to an element, and presses Enter there.
    pub(crate) async fn enter(&self, css: &str) {
        self.tab_to(css).await;
        self.press_key(Key::Enter).await;
    }

    /// Moves the focus to an element, and presses the space bar there.
    pub(crate) async fn space(&self, css: &str) {
        self.tab_to(css).await;
        self.press_key(Key::Space).await;
    }

    /// Whether the focus is on an element of this selector.
    pub(crate) async fn is_focused(&self, css: &str) -> bool {
        self.execute(&format!("return document.activeElement.matches({css:?})")).await == true
    }
}
