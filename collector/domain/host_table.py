"""The host table: which sites are search engines, social networks and so on, as data.

One line is one site: its short name, the networks whose ad clicks come from it (`-` for none),
then its hosts. A host stands for its subdomains too; the longest entry wins. `{a b}` repeats a
word; `app:` is an Android package; a slash makes a path of the site named before it; a word
without a dot is another way to write the site in `utm_source`. The name `*` means that each host
of the line is a site of its own, named by its first label, or for `.` by the host itself. `~` is
a space. Search engines, social sites and sites that send nobody have files of their own.

Sources: the source categories of GA4's default channel group
(https://support.google.com/analytics/answer/9756891) but for webmail and payment, which GA4 files
under search and shopping; https://github.com/matomo-org/searchengine-and-social-list for
assistants.
"""

from __future__ import annotations

from collector.domain.search_hosts import GOOGLE, YANDEX

HOSTS_VERSION = 2

_AMAZON = (
    "com ae ca cn co.jp co.uk co.za com.au com.be com.br com.mx com.tr de eg es fr ie in it nl pl"
    " sa se sg"
)
_EBAY = "com at be ca ch co.uk com.au com.hk com.my com.sg de es fr ie in it nl ph pl vn"
_MERCADOLIBRE = "com com.ar com.mx com.co com.uy com.pe com.ve com.ec com.bo cl co.cr"

AI = """
chatgpt.com openai chatgpt.com chat.openai.com labs.openai.com openai.com chat.com chatgpt openai
chatgpt.com openai app:com.openai.chatgpt
claude.ai anthropic claude.ai claude.com claude anthropic app:com.anthropic.claude
gemini.google.com google gemini.google.com bard.google.com gemini bard
gemini.google.com google app:com.google.android.apps.bard
notebooklm.google.com google notebooklm.google.com notebooklm
copilot.microsoft.com microsoft copilot.microsoft.com copilot.cloud.microsoft m365.cloud.microsoft
copilot.microsoft.com microsoft edgeservices.bing.com copilot.com bing/chat copilot
copilot.microsoft.com microsoft app:com.microsoft.copilot
grok.com twitter grok.com grok.x.ai x.ai twitter/i/grok grok app:ai.x.grok
perplexity.ai perplexity perplexity.ai perplexity.com pplx.ai perplexity
perplexity.ai perplexity app:ai.perplexity.app.android
chat.deepseek.com deepseek chat.deepseek.com deepseek.com deepseek app:com.deepseek.chat
meta.ai meta meta.ai metaai
chat.mistral.ai mistral chat.mistral.ai mistral lechat le-chat app:ai.mistral.chat
duck.ai microsoft duck.ai
aistudio.google.com google aistudio.google.com
lumo.proton.me - lumo.proton.me lumo
kagi-assistant - kagi/assistant
phind.com - phind.com phind
deepai.org - deepai.org deepai
you.com - you.com
poe.com - poe.com poe
chat.qwen.ai alibaba chat.qwen.ai qwen.ai qwen
yiyan.baidu.com baidu yiyan.baidu.com ai.baidu.com chat.baidu.com ernie
huggingface.co - huggingface/chat
. - iask.ai chatglm.cn venice.ai pi.ai kimi.com kimi.moonshot.cn doubao.com
. - character.ai app.jasper.ai chatplus.com chat-gpt.org andisearch.com felo.ai genspark.ai komo.ai
. - manus.im lmarena.ai chat.z.ai consensus.app elicit.com liner.com monica.im chathub.gg exa.ai
. - chat.lmsys.org openevidence.com yuanbao.tencent.com chatgot.io t3.chat writesonic.com copy.ai
"""

VIDEO = """
youtube google youtube.com youtu.be youtube-nocookie.com yt app:com.google.android.youtube
vimeo - vimeo.com
dailymotion - dailymotion.com dai.ly
twitch twitch twitch.tv
netflix - netflix.com
hulu - hulu.com
disneyplus - disneyplus.com
primevideo amazon primevideo.com
v.qq.com - v.qq.com
wistia - wistia.com wistia.net
rutube - rutube.ru
* - ted.com iqiyi.com iq.com youku.com bilibili.com rumble.com odysee.com bitchute.com
* - kick.com veoh.com crackle.com curiositystream.com d.tube utreon.com justin.tv
. - viadeo.journaldunet.com
* - metacafe.com brightcove.com vidyard.com loom.com joyn.de zattoo.com peertube.tv nebula.tv
* - floatplane.com
"""

SHOPPING = f"""
amazon amazon amazon.{{{_AMAZON}}} amzn.to amzn.eu amazon-adsystem.com
ebay ebay ebay.{{{_EBAY}}}
google google shopping.google.com google/shopping googleshopping google~shopping
igshopping - igshopping
yahoo yahoo shopping.yahoo.com shopping.yahoo.co.jp store.shopping.yahoo.co.jp
naver naver shopping.naver.com smartstore.naver.com
mercadolibre - mercadolibre.{{{_MERCADOLIBRE}}} mercadolivre.com.br
shopify - shopify.com myshopify.com
. - rakuten.com item.rakuten.co.jp {{nl no se uk}}.shopping.net
stripe - stripe
etsy - etsy.com
walmart - walmart.com
alibaba - alibaba.com
aliexpress - aliexpress.com aliexpress.us aliexpress.ru
zalando - zalando.{{de at ch fr it es nl pl co.uk be se}}
idealo - idealo.{{de at fr it es co.uk}}
* - shop.app shopzilla.com bizrate.com pricegrabber.com nextag.com pricerunner.com kelkoo.com
* - kelkoo.de billiger.de geizhals.de geizhals.at guenstiger.de check24.de otto.de kaufland.de
* - ladenzeile.de moebel.de stylight.de preis.de skroutz.gr heureka.cz arukereso.hu ceneo.pl
* - allegro.pl bol.com cdiscount.com fnac.com leguide.com manomano.fr wish.com temu.com shein.com
* - target.com bestbuy.com costco.com wayfair.com overstock.com newegg.com poshmark.com mercari.com
* - kakaku.com taobao.com tmall.com jd.com pinduoduo.com flipkart.com shopee.sg lazada.com ozon.ru
* - wildberries.ru simplycodes.com slickdeals.net mydealz.de hotukdeals.com dealabs.com
"""

MAIL = f"""
gmail google mail.google.com inbox.google.com googlemail.com app:com.google.android.gm
outlook microsoft outlook.live.com outlook.office.com outlook.office365.com outlook.com hotmail.com
outlook microsoft safelinks.protection.outlook.com mail.live.com
outlook microsoft app:com.microsoft.office.outlook
yahoomail yahoo,microsoft,google mail.yahoo.{{com co.jp co.uk de fr es it ca in net}}
yahoomail yahoo,microsoft,google app:com.yahoo.mobile.client.android.mail
aolmail yahoo,microsoft,google mail.aol.com
gmx - gmx.{{net de at ch com es fr co.uk}} deref-gmx.net app:de.gmx.mobile.android.mail
web.de - web.de deref-web.de app:de.web.mobile.android.mail
t-online - email.t-online.de
freenet - webmail.freenet.de email.freenet.de
icloud - icloud.com
proton - mail.proton.me protonmail.com proton.me
yandexmail yandex mail.yandex.{{{YANDEX}}}
mail.ru vk e.mail.ru touch.mail.ru
seznam seznam email.seznam.cz
naver naver mail.naver.com
daum kakao mail.daum.net mail2.daum.net
qq - mail.qq.com exmail.qq.com
163 - mail.163.com mail.126.com
zoho - mail.zoho.com mail.zoho.eu mail.zoho.in
rambler - mail.rambler.ru
libero - mail.libero.it mail1.libero.it
ionos - mail.ionos.{{de com fr es it co.uk}} webmail.ionos.com
strato - webmail.strato.de
orange - mail.orange.fr messagerie.orange.fr webmail.orange.fr webmail1m.orange.fr
orange - orange/webmail
laposte - webmail.laposte.net
wp.pl - poczta.wp.pl
onet - poczta.onet.pl
ukr.net - mail.ukr.net
mailchimp - mailchi.mp list-manage.com campaign-archive.com
* - fastmail.com tutanota.com tuta.com mail.com posteo.de mailbox.org hey.com roundcube.net
* - inbox.lv inbox.com mastermail.ru sibmail.com
. - webmail.2degreesbroadband.co.nz webmail.adam.com.au post.ru webmail.bigpond.com mail.qip.ru
. - webmail2.bigpond.com email.telstra.com basic.messaging.bigpond.com webmail.commander.net.au
. - webmail.dodo.com.au mail.e1.ru webmail.iinet.net.au mail.iinet.net.au webmail.iprimus.com.au
. - mail.mynet.com webmail.netspace.net.au webmail.optuszoo.com.au webmail.optusnet.com.au
. - webmail.virginbroadband.com.au webmail.vodafone.co.nz webmail.westnet.com.au
"""

PLAIN = f"""
google google {{docs drive calendar meet chat translate support cloud developers}}.google.com
google google {{classroom analytics tagmanager ads business podcasts photos maps}}.google.com
google google {{scholar earth workspace about policies lookerstudio myaccount keep}}.google.com
google google {{contacts forms books patents trends script console passwords tasks fi}}.google.com
google google {{takeout one voice domains firebase merchants store research code}}.google.com
google google google/maps google/travel google/earth google/finance google/forms google/analytics
google google app:com.google.android.apps.maps app:com.google.android.apps.magazines
bing microsoft bing/maps bing/travel ads.bing.com
yahoo yahoo {{finance news sports weather tech eurosport astrology travel screen}}.yahoo.com
yahoo yahoo {{messenger games movies cars lifestyle omg style celebrity help}}.yahoo.com
yahoo yahoo news.yahoo.co.jp
yandex yandex {{maps n.maps}}.yandex.ru maps.yandex.{{com by ua kz}}
yandex yandex metrika.yandex.ru metrica.yandex.com direct.yandex.ru disk.yandex.ru
naver naver news.naver.com map.naver.com
baidu baidu map.baidu.com pan.baidu.com
brave brave brave.com
aws amazon aws.amazon.com advertising.amazon.com
openai openai platform.openai.com developers.openai.com
huggingface - huggingface.co
msn microsoft officeapps.live.com
google google maps.google.{{{GOOGLE}}} scholar.google.{{{GOOGLE}}}
google google books.google.{{{GOOGLE}}} translate.google.{{{GOOGLE}}}
"""

ADS = """
doubleclick google doubleclick.net 2mdn.net
googlesyndication google googlesyndication.com
"""
