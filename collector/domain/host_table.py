"""The host table: which sites are search engines, social networks and so on, as data.

One line is one site: its short name, the networks whose ad clicks come from it (`-` for none),
then its hosts. A host stands for its subdomains too; the longest entry wins. `{a b}` repeats a
word; `app:` is an Android package; a slash makes a path of the site named before it; a word
without a dot is another way to write the site in `utm_source`. The name `*` means that each host
of the line is a site of its own, named by its first label, or for `.` by the host itself.
"""

from __future__ import annotations

HOSTS_VERSION = 1

_GOOGLE = (
    "com ad ae al am as at az ba be bf bg bi bj bs bt by ca cat cd cf cg ch ci cl cm cn co.ao "
    "co.bw co.ck co.cr co.id co.il co.in co.jp co.ke co.kr co.ls co.ma co.mz co.nz co.th co.tz "
    "co.ug co.uk co.uz co.ve co.vi co.za co.zm co.zw com.af com.ag com.ai com.ar com.au com.bd "
    "com.bh com.bn com.bo com.br com.bz com.co com.cu com.cy com.do com.ec com.eg com.et com.fj "
    "com.gh com.gi com.gt com.hk com.jm com.kh com.kw com.lb com.ly com.mm com.mt com.mx com.my "
    "com.na com.ng com.ni com.np com.om com.pa com.pe com.pg com.ph com.pk com.pr com.py com.qa "
    "com.sa com.sb com.sg com.sl com.sv com.tj com.tr com.tw com.ua com.uy com.vc com.vn cv cz "
    "de dj dk dm dz ee es fi fm fr ga ge gg gl gm gr gy hn hr ht hu ie im iq is it je jo kg ki "
    "kz la li lk lt lu lv md me mg mk ml mn mu mv mw ne nl no nr nu pl pn ps pt ro rs ru rw sc "
    "se sh si sk sm sn so sr st td tg tl tm tn to tt vg vu ws"
)
_YANDEX = "ru com by kz ua uz com.tr com.ge com.am az kg lv lt md tj tm ee fr eu"
_AMAZON = (
    "com ae ca cn co.jp co.uk co.za com.au com.be com.br com.mx com.tr de eg es fr ie in it nl pl"
    " sa se sg"
)
_EBAY = "com at be ca ch co.uk com.au com.hk com.my com.sg de es fr ie in it nl ph pl vn"
_PINTEREST = (
    "com at ca ch cl co.kr co.uk com.au com.mx de dk es fr ie it jp nz ph pt ru se be in nl pe"
)
_MERCADOLIBRE = "com com.ar com.mx com.co com.uy com.pe com.ve com.ec com.bo cl co.cr"

SEARCH = f"""
google google google.{{{_GOOGLE}}} app:com.google.android.googlequicksearchbox adwords googleads
google google googleadservices.com googlemybusiness google-play
bing microsoft bing.com app:com.microsoft.bing
msn microsoft msn.com
yahoo yahoo,microsoft,google yahoo.com yahoo.{{co.jp co.uk de fr es it ca in}}
duckduckgo microsoft duckduckgo.com ddg.gg ddg app:com.duckduckgo.mobile.android
ecosia microsoft,google ecosia.org app:com.ecosia.android
qwant microsoft qwant.com
startpage google startpage.com startpage.de ixquick.com
aol yahoo,microsoft,google aol.com aol.{{co.uk de fr ca}}
ask google ask.com {{uk de fr es it}}.ask.com
lycos microsoft,google lycos.com lycos.{{de fr it es co.uk}}
dogpile google,microsoft dogpile.com webcrawler.com metacrawler.com info.com zoo.com
excite google,microsoft excite.com excite.{{co.jp it}}
yandex yandex yandex.{{{_YANDEX}}} ya.ru yandex.net
baidu baidu baidu.com baidu.cn
naver naver naver.com
daum kakao daum.net
seznam seznam seznam.cz firmy.cz
brave brave search.brave.com
mail.ru - go.mail.ru
360 - so.com 360.cn haosou.com
sogou - sogou.com
shenma - sm.cn
petal - petalsearch.com
coccoc - coccoc.com
rakuten - websearch.rakuten.co.jp
docomo - search.smt.docomo.ne.jp
auone - search.auone.jp sp-web.search.auone.jp
biglobe - search.biglobe.ne.jp biglobe.co.jp
goo - search.goo.ne.jp
t-online google suche.t-online.de
gmx google suche.gmx.net suche.gmx.at suche.gmx.ch
web.de google suche.web.de
freenet google suche.freenet.de
ukr.net - search.ukr.net
* - mojeek.com swisscows.com kagi.com presearch.com metager.de metager.org gibiru.com yep.com
* - searx.be searx.space searxng.org etools.ch fireball.de exalead.com gigablast.com rambler.ru
* - onet.pl wp.pl interia.pl szukacz.pl virgilio.it libero.it arianna.it startsiden.no kvasir.no
* - eniro.se hitta.se fonecta.fi jubii.dk najdi.si pogodak.hr atlas.cz centrum.cz zoznam.sk tut.by
* - walla.co.il globo.com terra.com.br uol.com.br sapo.pt voila.fr orange.fr laposte.net alice.it
* - babylon.com conduit.com incredimail.com search-results.com mywebsearch.com avg.com nate.com
* - zum.com youdao.com sohu.com 2345.com hao123.com parsijoo.ir swisscows.ch oceanhero.today
* - ekoru.org lilo.org entireweb.com monstercrawler.com refseek.com boardreader.com
* - wolframalpha.com
"""

AI = """
chatgpt.com openai chatgpt.com chat.openai.com labs.openai.com openai.com chatgpt openai
chatgpt.com openai app:com.openai.chatgpt
claude.ai anthropic claude.ai claude.com claude anthropic app:com.anthropic.claude
gemini.google.com google gemini.google.com bard.google.com gemini bard
gemini.google.com google app:com.google.android.apps.bard
notebooklm.google.com google notebooklm.google.com notebooklm
copilot.microsoft.com microsoft copilot.microsoft.com copilot.cloud.microsoft m365.cloud.microsoft
copilot.microsoft.com microsoft edgeservices.bing.com bing/chat copilot app:com.microsoft.copilot
grok.com twitter grok.com grok.x.ai twitter/i/grok grok app:ai.x.grok
perplexity.ai perplexity perplexity.ai perplexity app:ai.perplexity.app.android
chat.deepseek.com deepseek chat.deepseek.com deepseek.com deepseek app:com.deepseek.chat
meta.ai meta meta.ai metaai
chat.mistral.ai mistral chat.mistral.ai mistral lechat
duck.ai microsoft duck.ai
chat.qwen.ai alibaba chat.qwen.ai qwen.ai qwen
yiyan.baidu.com baidu yiyan.baidu.com ai.baidu.com chat.baidu.com ernie
huggingface.co - huggingface/chat
. - you.com iask.ai chatglm.cn poe.com phind.com pi.ai kimi.com kimi.moonshot.cn doubao.com
. - character.ai app.jasper.ai chatplus.com chat-gpt.org andisearch.com felo.ai genspark.ai komo.ai
. - manus.im lmarena.ai chat.z.ai consensus.app elicit.com liner.com monica.im chathub.gg exa.ai
. - chat.lmsys.org openevidence.com yuanbao.tencent.com chatgot.io t3.chat writesonic.com copy.ai
"""

SOCIAL = f"""
facebook meta facebook.com fb.com fb.me fb.watch fb app:com.facebook.katana app:com.facebook.lite
messenger meta messenger.com m.me app:com.facebook.orca
instagram meta instagram.com instagr.am ig insta app:com.instagram.android
threads meta threads.net threads.com app:com.instagram.barcelona
whatsapp meta whatsapp.com wa.me whatsapp.net app:com.whatsapp app:com.whatsapp.w4b
twitter twitter twitter.com t.co x.com twttr.com x app:com.twitter.android
linkedin linkedin linkedin.com lnkd.in app:com.linkedin.android
pinterest pinterest pinterest.{{{_PINTEREST}}} pin.it app:com.pinterest
reddit reddit reddit.com redd.it app:com.reddit.frontpage
tiktok tiktok tiktok.com app:com.zhiliaoapp.musically app:com.ss.android.ugc.trill
snapchat snapchat snapchat.com sc app:com.snapchat.android
quora quora quora.com app:com.quora.android
tumblr - tumblr.com app:com.tumblr
telegram - t.me telegram.me telegram.org app:org.telegram.messenger
discord - discord.com discord.gg discordapp.com
bluesky - bsky.app bsky.social
mastodon - mastodon.social mastodon.online mstdn.social mstdn.jp
line - line.me lin.ee app:jp.naver.line.android
kakao kakao kakao.com kakaocorp.com app:com.kakao.talk
wechat - wechat.com weixin.qq.com mp.weixin.qq.com weixin
qzone - qzone.qq.com
weibo - weibo.com weibo.cn t.cn
vk vk vk.com vk.ru vkontakte.ru vk.cc app:com.vkontakte.android
ok.ru vk ok.ru odnoklassniki.ru odnoklassniki.ua app:ru.ok.android
my.mail.ru vk my.mail.ru
zalo - zalo.me
skype microsoft skype.com
yammer microsoft yammer.com
xing - xing.com app:com.xing.android
hackernews - news.ycombinator.com ycombinator
googlegroups google groups.google.com googlegroups.com
googleplus google plus.google.com plus.url.google.com google+
blogger google blogger.com blogspot.com
hatena - hatena.ne.jp hatenablog.com
ameba - ameba.jp ameblo.jp
naver - blog.naver.com cafe.naver.com kin.naver.com
yahoo - answers.yahoo.com chiebukuro.yahoo.co.jp blog.yahoo.co.jp
goo - blog.goo.ne.jp oshiete.goo.ne.jp
* - nextdoor.com nextdoor.de medium.com stackoverflow.com stackexchange.com superuser.com
* - serverfault.com askubuntu.com github.com gitlab.com dribbble.com behance.net deviantart.com
* - artstation.com flickr.com imgur.com photobucket.com 500px.com meetup.com eventbrite.com
* - yelp.com yelp.co.uk tripadvisor.com tripadvisor.de foursquare.com glassdoor.com goodreads.com
* - librarything.com wattpad.com scribd.com slideshare.net issuu.com academia.edu researchgate.net
* - wordpress.com typepad.com livejournal.com blogster.com over-blog.com overblog.com canalblog.com
* - hubpages.com wikihow.com fandom.com gutefrage.net wer-weiss-was.de studivz.net knuddels.de
* - last.fm soundcloud.com myspace.com badoo.com bebo.com hi5.com tagged.com classmates.com
* - ning.com myheritage.com ancestry.com geni.com couchsurfing.com interpals.net internations.org
* - italki.com digg.com slashdot.org fark.com techmeme.com flipboard.com getpocket.com
* - instapaper.com diigo.com pinboard.in feedspot.com scoop.it paper.li plurk.com mixi.jp gree.jp
* - pixiv.net nicovideo.jp douban.com renren.com zhihu.com xiaohongshu.com dianping.com
* - tieba.baidu.com meneame.net taringa.net truthsocial.com gab.com gettr.com minds.com parler.com
* - clubhouse.com lemon8-app.com bereal.com houzz.com ravelry.com cafemom.com care2.com
* - caringbridge.org skyrock.com draugiem.lv goldenline.pl nk.pl wykop.pl smartnews.com disqus.com
* - hootsuite.com linktr.ee lemmy.world producthunt.com
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
tencent - v.qq.com
wistia - wistia.com wistia.net
rutube - rutube.ru
* - ted.com iqiyi.com iq.com youku.com tudou.com bilibili.com rumble.com odysee.com bitchute.com
* - kick.com veoh.com crackle.com curiositystream.com d.tube utreon.com crunchyroll.com
* - metacafe.com brightcove.com vidyard.com loom.com joyn.de zattoo.com peertube.tv nebula.tv
* - floatplane.com
"""

SHOPPING = f"""
amazon amazon amazon.{{{_AMAZON}}} amzn.to amzn.eu amazon-adsystem.com
ebay ebay ebay.{{{_EBAY}}}
google google shopping.google.com google/shopping googleshopping
yahoo yahoo shopping.yahoo.com shopping.yahoo.co.jp store.shopping.yahoo.co.jp
naver naver shopping.naver.com smartstore.naver.com
mercadolibre - mercadolibre.{{{_MERCADOLIBRE}}} mercadolivre.com.br
shopify - shopify.com myshopify.com
rakuten - rakuten.co.jp rakuten.com item.rakuten.co.jp
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
gmail google mail.google.com googlemail.com app:com.google.android.gm
outlook microsoft outlook.live.com outlook.office.com outlook.office365.com outlook.com hotmail.com
outlook microsoft safelinks.protection.outlook.com statics.teams.cdn.office.net
outlook microsoft app:com.microsoft.office.outlook
yahoomail yahoo,microsoft,google mail.yahoo.com mail.yahoo.co.jp
yahoomail yahoo,microsoft,google app:com.yahoo.mobile.client.android.mail
aolmail yahoo,microsoft,google mail.aol.com
gmx - gmx.{{net de at ch com es fr co.uk}} deref-gmx.net app:de.gmx.mobile.android.mail
web.de - web.de deref-web.de app:de.web.mobile.android.mail
t-online - email.t-online.de
freenet - webmail.freenet.de email.freenet.de
icloud - icloud.com
proton - mail.proton.me protonmail.com proton.me
yandexmail yandex mail.yandex.{{{_YANDEX}}}
mail.ru vk e.mail.ru touch.mail.ru
seznam seznam email.seznam.cz
naver naver mail.naver.com
daum kakao mail.daum.net
qq - mail.qq.com
163 - mail.163.com mail.126.com
zoho - mail.zoho.com mail.zoho.eu mail.zoho.in
rambler - mail.rambler.ru
libero - mail.libero.it mail1.libero.it
orange - mail.orange.fr messagerie.orange.fr webmail.orange.fr
laposte - webmail.laposte.net
wp.pl - poczta.wp.pl
onet - poczta.onet.pl
ukr.net - mail.ukr.net
mailchimp - mailchi.mp list-manage.com campaign-archive.com
* - fastmail.com tutanota.com tuta.com mail.com posteo.de mailbox.org hey.com roundcube.net
* - inbox.lv
"""

PLAIN = """
google google {docs drive sites calendar meet chat translate support cloud developers}.google.com
google google {classroom analytics tagmanager ads business podcasts play photos maps}.google.com
google google {scholar earth workspace about policies lookerstudio myaccount keep}.google.com
google google {contacts forms books patents trends}.google.com
google google google/maps google/travel google/earth google/finance google/forms google/analytics
google google app:com.google.android.apps.maps app:com.google.android.apps.magazines
bing microsoft bing/maps bing/travel ads.bing.com
yahoo yahoo {finance news sports weather tech}.yahoo.com news.yahoo.co.jp
yandex yandex metrika.yandex.ru metrica.yandex.com direct.yandex.ru disk.yandex.ru
naver naver news.naver.com map.naver.com
baidu baidu map.baidu.com pan.baidu.com
brave brave brave.com
aws amazon aws.amazon.com advertising.amazon.com
openai openai platform.openai.com developers.openai.com
huggingface - huggingface.co
"""
